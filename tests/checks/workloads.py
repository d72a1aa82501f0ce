#!/usr/bin/python3
"""workloads.py ROOT: what scripts/bench measures on is the same for the same seed, changes with a step of work, and the
referee of restored trees sees each kind of difference."""
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(sys.argv[1], "tests/bench")))
from workload import databases, memory, persona, tree, work  # noqa: E402
from workload.content import PAGE, make_content  # noqa: E402
from workload.home import Home  # noqa: E402

SCALE = 0.002


def expect(is_true, what):
    if not is_true:
        sys.exit(what)


def check_persona(content, folder):
    homes = [Home(os.path.join(folder, name), content, 1, SCALE) for name in ("a", "b")]
    for home in homes:
        persona.make(home)
    first, second = (tree.digest(home.root) for home in homes)
    expect(first == second, "one seed made two homes")
    began = time.time() - 1
    for home in homes:
        work.evolve(home, 1)
    worked, again = (tree.digest(home.root) for home in homes)
    expect(worked == again, "one step of work did two things")
    expect(worked != first, "a step of work did nothing")
    expect(work_is_new(homes[0], began), "what was worked on has old times")
    check_referee(homes[0].root, os.path.join(folder, "copy"))


def work_is_new(home, began):
    names = (persona.INBOX, persona.OLD_MAIL, databases.USED[0].name)
    return all(os.path.getmtime(home.path(name)) > began for name in names)


def check_referee(original, copy):
    subprocess.run(["cp", "-a", original, copy], check=True)
    expect(not tree.differences(original, copy), "an exact copy is called different")
    files = [os.path.join(copy, "Videos/training.mp4"), os.path.join(copy, ".config/chat/messages.db")]
    with open(files[0], "r+b") as file:
        file.write(b"x")
    os.chmod(files[1], 0o700)
    linked = os.path.join(copy, "Desktop/linked 0.jpg")
    os.rename(linked, linked + ".old")
    subprocess.run(["cp", "-a", linked + ".old", linked], check=True)
    os.symlink("nowhere", os.path.join(copy, "more"))
    found = tree.differences(original, copy)
    expected = {"content", "mode", "mtime_ns", "link", "unexpected"}
    expect(set(found) == expected, f"the referee saw {sorted(found)}, not {sorted(expected)}")


def check_memory(content, folder):
    paths = [os.path.join(folder, name) for name in ("memory", "same")]
    for path in paths:
        memory.make(path, content, random.Random(1), SCALE)
    before, same = (pathlib.Path(path).read_bytes() for path in paths)
    expect(before == same, "one seed made two memories")
    memory.evolve(paths[0], content, random.Random(2))
    after = pathlib.Path(paths[0]).read_bytes()
    dirty = sum(before[at:at + PAGE] != after[at:at + PAGE] for at in range(0, len(before), PAGE))
    share = dirty * PAGE / len(before)
    expect(len(after) == len(before) and 0.015 < share < 0.045, f"{share:.1%} of the memory is dirty, not about 3 %")


made = make_content(1, True, 2, 2)
with tempfile.TemporaryDirectory() as temporary:
    check_persona(made, temporary)
    check_memory(made, temporary)
