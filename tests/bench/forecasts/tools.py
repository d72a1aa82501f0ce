"""Runs what is measured: Deskloom on a state of its own, and the programs that stand beside it in the build folder."""
import json
import os
import subprocess

from compare.process import Failed, measure

# Times may be long ago, and sessions as long as the public traces have them.
POLICY = 'time_zone = "{zone}"\n[history]\nsession_hours = 1000\ndays = 20000\n'


class State:
    """A new state directory, removed with the folder that it is made in."""

    def __init__(self, binary, folder, zone):
        self.binary, self.folder = binary, folder
        self.directory = os.path.join(folder, "state")
        os.makedirs(folder)
        self.policy = os.path.join(folder, "bench.toml")
        with open(self.policy, "w", encoding="utf-8") as file:
            file.write(POLICY.format(zone=zone))
        self.run("init")

    def run(self, *words):
        """What it cost, and what it printed."""
        command = [self.binary, *words, "--config", self.policy, "--state-dir", self.directory, "--json"]
        usage = measure(command, self.folder, {"PATH": os.environ["PATH"], "HOME": self.folder})
        with open(os.path.join(self.folder, "stdout"), encoding="utf-8") as file:
            return usage, json.load(file)


def output_of(command, environment=None):
    """What a program printed. Throws Failed with the last thing that it said."""
    return finish(command, subprocess.PIPE, environment).stdout.decode()


def output_to(path, command):
    """The same, into a file: it may be large."""
    with open(path, "wb") as out:
        finish(command, out, None)


def finish(command, out, environment):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.PIPE, env=environment,
                          check=False)
    if done.returncode != 0:
        said = done.stderr.decode(errors="replace").strip().splitlines() or ["it said nothing"]
        raise Failed(f"{os.path.basename(command[0])} ended with {done.returncode}: {said[-1]}")
    return done
