"""What a command costs: its own time and memory, and those of every process that it waited for.

The process that measures must stay small: the kernel counts the memory that a child had before it became the command,
and that is its parent's.
"""
import os
import stat
import subprocess
import time
from dataclasses import dataclass


class Failed(Exception):
    pass


@dataclass(frozen=True)
class Usage:
    seconds: float
    cpu_seconds: float
    peak_bytes: int  # of the largest single process


def measure(command, folder, environment, cwd=None):
    """Runs a command to its end; what it prints is in folder/stdout and folder/stderr then."""
    # What others have left to be written to the disk is not this command's.
    os.sync()
    with open(os.path.join(folder, "stdout"), "wb") as out, open(os.path.join(folder, "stderr"), "wb") as err:
        started = time.monotonic()
        process = subprocess.Popen(command, env=environment, cwd=cwd, stdin=subprocess.DEVNULL, stdout=out, stderr=err)
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.monotonic() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise Failed(f"{os.path.basename(command[0])} ended with {process.returncode}: {last_line(folder)}")
    return Usage(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024)


def last_line(folder):
    with open(os.path.join(folder, "stderr"), errors="replace") as file:
        lines = [line.strip() for line in file if line.strip()]
    return lines[-1] if lines else "it said nothing"


def bytes_of(path):
    """The sizes of all files below a path; hard links of one file once, as du counts."""
    sizes = {}
    for base, _, names in os.walk(path):
        for status in (os.lstat(os.path.join(base, name)) for name in names):
            if stat.S_ISREG(status.st_mode):
                sizes[status.st_ino] = status.st_size
    return sum(sizes.values())
