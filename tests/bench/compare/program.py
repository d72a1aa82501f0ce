"""A program that captures a source again and again, and gives the last capture back."""
import json
import os
import shutil
import subprocess

from .process import Failed, bytes_of, measure

CORES = str(len(os.sched_getaffinity(0)))


class Program:
    name = ""
    binary = ""
    package = ""  # Debian's
    version_command = ("--version",)

    def __init__(self, folder):
        self.folder = folder
        self.store = os.path.join(folder, "store")
        # Nothing of the user's: no settings, no caches, no passwords.
        self.environment = {"PATH": os.environ["PATH"], "HOME": folder, "LANG": "C.UTF-8", "TMPDIR": folder}

    def missing(self):
        """Why it cannot be measured here; empty when it can."""
        return "" if shutil.which(self.binary) else f"not installed: apt-get install {self.package}"

    def version(self):
        done = subprocess.run([self.binary, *self.version_command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, errors="replace")
        return (done.stdout.splitlines() or [self.binary])[0].strip("* ")

    def reset(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        os.makedirs(self.store)
        self.prepare()

    def prepare(self):
        """Makes an empty store; not timed."""

    def before_change(self, source):
        """The source is about to change; not timed."""

    def capture(self, source):
        """Usage; None when the program has nothing to do here. So everywhere below."""
        raise NotImplementedError

    def capture_unchanged(self, source):
        return self.capture(source)

    def capture_ranges(self, source):
        """The same, told what changed by the file beside the source. Those that cannot be told capture it all."""
        self.capture(source)
        return None

    def list_difference(self):
        """Between the last two captures."""
        return None

    def restore(self, target):
        """The last capture, into a folder that is not there yet."""
        raise NotImplementedError

    def restored(self, target, source):
        """Where restore has put the source."""
        return target if os.path.isdir(source) else os.path.join(target, os.path.basename(source))

    def stored_bytes(self):
        return bytes_of(self.store)

    def run(self, *command, cwd=None, **environment):
        return measure([str(word) for word in command], self.folder, {**self.environment, **environment}, cwd)

    def run_shell(self, script, *words, **environment):
        """words are the script's $1, $2, …"""
        return self.run("bash", "-o", "pipefail", "-c", script, "bash", *words, **environment)

    def printed(self, key):
        """A member of the JSON object that the last command printed."""
        try:
            with open(os.path.join(self.folder, "stdout")) as file:
                return json.load(file)[key]
        except (ValueError, LookupError, TypeError):
            raise Failed(f"{self.name} printed no JSON object with `{key}`") from None


def place(source):
    """(folder to start in, name there): what is captured by a relative name can be restored anywhere."""
    return (source, ".") if os.path.isdir(source) else os.path.split(source)
