#!/usr/bin/env python3
"""Measures how long a user waits for a desktop with their volume, and prints a Markdown table.

  attached  'session assign' in a pool with instant_attach, until the guest has read a file of 4 MiB; the median of RUNS
            ghosts, booted before
  copied    the same, after 'snapshot restore' of the volume; the copy is made once

for volumes that hold little but that file (sparse), and volumes full of noise (full). Needs root, scripts/build-guest,
and on the disk four times the largest size.
"""
import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

from compare.machine import memory_gib, processor
from compare.table import row

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
RUNS = 3
UNITS = {"M": 1 << 20, "G": 1 << 30}
FILE_BYTES = 4 << 20
BLOCK = 16 << 20
KINDS = ("sparse", "full")
POLICY = """image_dir = "{folder}/images"
[pool.own]
image = "tiny"
memory = "192MiB"
[pool.attached]
image = "bare"
memory = "192MiB"
floor = 1
instant_attach = true
mount_volume = ["/usr/sbin/mount-persona"]
"""


class Failed(Exception):
    pass


class Desk:
    """The program on an embedded host of its own; what it has made is gone at the end."""

    def __init__(self, options, folder):
        self.command = [options.deskloom, "--config", os.path.join(folder, "deskloom.toml"), "--state-dir", folder, "--json"]
        self.folder = folder
        for name in ("tiny", "bare"):
            shutil.copytree(os.path.join(options.images, "tiny"), os.path.join(folder, "images", name))
        manifest = os.path.join(folder, "images", "bare", "image.json")
        with open(manifest, encoding="utf-8") as file:
            image = json.load(file)
        del image["persona_volume"]
        with open(manifest, "w", encoding="utf-8") as file:
            json.dump(image, file)
        with open(os.path.join(folder, "deskloom.toml"), "w", encoding="utf-8") as file:
            file.write(POLICY.format(folder=folder))
        self("init")

    def __call__(self, *words):
        done = subprocess.run([*self.command, *words], text=True, capture_output=True, check=False)
        if done.returncode != 0:
            raise Failed(f"deskloom {' '.join(words)} ended with {done.returncode}: {done.stdout}{done.stderr}")
        return json.loads(done.stdout)

    def destroy_all(self):
        for instance in self("instance", "list")["instances"]:
            self("instance", "destroy", instance["name"], "--force")


def main():
    options = parse()
    if options.check:
        return 0
    print(f"{len(os.sched_getaffinity(0))} cores of {processor()}, {memory_gib():.1f} GiB; load at the beginning "
          f"{os.getloadavg()[1]:.1f}.\n")
    folder = tempfile.mkdtemp(prefix="dl-attach-")
    desk = None
    try:
        desk = Desk(options, folder)
        first_persona(desk)
        print(row(("volume", "kind", "attached: s", "copied: s", "ratio", "then here: MiB")))
        print(row(("---",) * 6))
        for size in options.sizes:
            for kind in options.kinds:
                print(row(measure(desk, size, kind)), flush=True)
        return 0
    except (Failed, OSError, subprocess.CalledProcessError) as problem:
        print(f"bench: {problem}", file=sys.stderr)
        return 1
    finally:
        if desk is not None:
            desk.destroy_all()
        shutil.rmtree(folder, ignore_errors=True)


def first_persona(desk):
    """Files and settings, captured once; volumes come by themselves."""
    desk("session", "assign", "alice", "--pool", "own")
    desk("session", "connect", "alice")
    desk("persona", "capture", "alice")
    desk.destroy_all()


def measure(desk, size, kind):
    snapshot = store_volume(desk, size, kind)
    waits, local = [], 0
    for _ in range(RUNS):
        desk("pool", "apply", "attached")
        began = time.monotonic()
        instance = desk("session", "assign", "alice", "--pool", "attached")["instance"]
        desk("instance", "exec", instance, "--user", "alice", "--", "/bin/sh", "-c", "cat /home/file >/dev/null")
        waits.append(time.monotonic() - began)
        local = os.stat(os.path.join(desk.folder, "instances", instance, "persona.qcow2")).st_blocks * 512
        desk.destroy_all()
    copy = os.path.join(desk.folder, "copy")
    began = time.monotonic()
    desk("snapshot", "restore", snapshot, "--layer", "volume", "--to", copy)
    copied = time.monotonic() - began
    os.remove(copy)
    desk("snapshot", "remove", snapshot)
    desk("snapshot", "gc")
    wait = statistics.median(waits)
    return (size, kind, f"{wait:.2f}", f"{copied + wait:.2f}", f"{wait / (copied + wait):.2f}", f"{local / (1 << 20):.1f}")


def store_volume(desk, size, kind):
    image, homes = os.path.join(desk.folder, "image"), os.path.join(desk.folder, "homes")
    os.makedirs(os.path.join(homes, "alice"), exist_ok=True)
    os.chown(os.path.join(homes, "alice"), alices_id(), alices_id())
    with open(os.path.join(homes, "file"), "wb") as file:
        file.write(os.urandom(FILE_BYTES))
    with open(image, "wb") as file:
        for _ in range(bytes_of(size) // BLOCK if kind == "full" else 0):
            file.write(os.urandom(BLOCK))
        file.truncate(bytes_of(size))
    subprocess.run(["/sbin/mke2fs", "-q", "-F", "-t", "ext4", "-L", "persona", "-m", "0", "-E", "nodiscard", "-d",
                    homes, image], check=True)
    snapshot = desk("snapshot", "create", "--user", "alice", "--volume", image)["snapshot"]
    os.remove(image)
    return snapshot


def alices_id():
    with open(os.path.join(ROOT, "scripts/guest/tiny/etc/passwd"), encoding="utf-8") as file:
        return next(int(line.split(":")[2]) for line in file if line.startswith("alice:"))


def bytes_of(size):
    return int(size[:-1]) * UNITS[size[-1]]


def parse():
    parser = argparse.ArgumentParser(prog="scripts/bench attach", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=lambda text: text.split(","), default=["64M", "1G", "8G"],
                        help="of the volumes (default 64M,1G,8G)")
    parser.add_argument("--kinds", type=lambda text: text.split(","), default=list(KINDS),
                        help="sparse, full (default both)")
    parser.add_argument("--images", metavar="DIR", type=os.path.abspath, default=os.path.join(ROOT, "build/images"),
                        help="what scripts/build-guest made (default build/images)")
    parser.add_argument("--deskloom", metavar="FILE", type=os.path.abspath,
                        default=os.path.join(ROOT, "build/release/bin/deskloom"),
                        help="measure this program, with those beside it; without it, a release build is made")
    parser.add_argument("--check", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if not all(re.fullmatch("[1-9][0-9]*[MG]", size) for size in options.sizes):
        parser.error("--sizes are numbers with M or G, such as 64M,1G")
    if not set(options.kinds) <= set(KINDS):
        parser.error("--kinds are sparse and full")
    if not os.path.isdir(os.path.join(options.images, "tiny")):
        parser.error(f"there is no image in {options.images}: run scripts/build-guest --output {options.images}")
    if os.geteuid() != 0:
        parser.error("run it as root: files are given to a user of the guest")
    return options


if __name__ == "__main__":
    sys.exit(main())
