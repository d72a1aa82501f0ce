#!/usr/bin/env python3
"""Measures how soon a desktop is whole, beside a cold boot of the same guest, and prints a Markdown table.

  cold boot  from nothing to a warm instance, as 'pool apply' makes it
  inflate    a shadow from the minimum to all it is to have, verified in the guest ('shadow inflate --full')
  stitch     a captured persona onto a ghost, from asking to usable ('session assign')
  waiting    a shadow that waits booted, paused or saved (ghost_mode), until it is whole; and what it holds until then

Real guests, one after the other, on an embedded host of their own, which is removed at the end.
"""
import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile

from compare.machine import memory_gib, processor
from compare.process import Failed
from compare.table import row

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
POLICY = """image_dir = "{images}"
[pool.default]
image = "{image}"
floor = {floor}
ghost_mode = "{mode}"
max = 16
parallel = 1
vcpus = 2
memory = "{full}"
minimal_vcpus = 1
minimal_memory = "{minimal}"
"""
FILES = "mkdir -p ~/Documents && cd ~/Documents && for i in $(seq 64); do head -c 262144 /dev/urandom >file$i; done"


class Playground:
    def __init__(self, options, folder):
        self.binary, self.folder, self.options = options.deskloom, folder, options
        self.wait_as("booted", options.runs)

    def wait_as(self, mode, floor):
        options = self.options
        with open(os.path.join(self.folder, "deskloom.toml"), "w", encoding="utf-8") as file:
            file.write(POLICY.format(images=options.images, image=options.image, floor=floor, mode=mode,
                                     full=options.full, minimal=options.minimal))

    def run(self, *command):
        ran = subprocess.run([self.binary, "--config", os.path.join(self.folder, "deskloom.toml"), "--state-dir",
                              os.path.join(self.folder, "state"), "--json", *command], text=True,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)
        if ran.returncode != 0:
            raise Failed(f"deskloom {' '.join(command)} ended with {ran.returncode}: {ran.stderr.strip()}")
        return json.loads(ran.stdout)

    def empty(self):
        for instance in self.run("instance", "list")["instances"]:
            self.run("instance", "destroy", instance["name"], "--force")


def memory_held(instance):
    """Bytes that the instance's QEMU has in memory; 0: none runs."""
    found = subprocess.run(["pgrep", "-f", f"guest={instance},"], stdout=subprocess.PIPE, text=True).stdout.split()
    held = 0
    for pid in found:
        with open(f"/proc/{pid}/status", encoding="ascii") as status:
            held += sum(int(line.split()[1]) << 10 for line in status if line.startswith("VmRSS:"))
    return held


def saved_size(folder):
    """Bytes on the disk of the memory of guests that were saved."""
    sizes = [os.stat(os.path.join(path, name)).st_blocks * 512
             for path, _, names in os.walk(folder) for name in names if name == "saved"]
    return sum(sizes)


def main():
    options = parse()
    if options.check:
        return 0
    print(f"{len(os.sched_getaffinity(0))} cores of {processor()}, {memory_gib():.1f} GiB; load at the beginning "
          f"{os.getloadavg()[1]:.1f}. Image {options.image}: {options.minimal} and 1 processor to {options.full} and "
          "2.\n")
    folder = tempfile.mkdtemp(prefix="deskloom-inflate-")
    playground = Playground(options, folder)
    try:
        boot = measure(options, playground)
        print()
        wait(options, playground, boot)
        return 0
    except (Failed, OSError) as problem:
        print(f"bench: {problem}", file=sys.stderr)
        return 1
    finally:
        try:
            playground.empty()
        except Failed as problem:
            print(f"bench: {problem}", file=sys.stderr)
        shutil.rmtree(folder, ignore_errors=True)


def measure(options, playground):
    playground.run("init")
    playground.run("pool", "apply")
    first = playground.run("session", "assign", options.user)
    playground.run("session", "connect", options.user)
    playground.run("instance", "exec", first["instance"], "--user", options.user, "--", "/bin/sh", "-c", FILES)
    playground.run("session", "disconnect", options.user)
    inflated, stitched = [], []
    for _ in range(options.runs):
        inflated.append(playground.run("shadow", "inflate", options.user, "--full")["shadows"][0]["elapsed_ms"])
        playground.run("shadow", "deflate", options.user)
    for _ in range(options.runs - 1):  # so many ghosts are left
        own = playground.run("instance", "list", "--user", options.user)["instances"][0]["name"]
        playground.run("instance", "destroy", own, "--force")
        assigned = playground.run("session", "assign", options.user)
        if assigned["action"] != "stitched":
            raise Failed(f"the desktop was {assigned['action']}, not stitched")
        stitched.append(assigned["elapsed_ms"])
    boot = first["cold_boot_ms"]
    print(row(("what", "runs", "median s", "a cold boot is so many times slower")))
    print(row(("---",) * 4))
    print(row(("cold boot", str(options.runs), f"{boot / 1000:.2f}", "1")))
    for what, times in (("inflate", inflated), ("stitch 64 files, 16 MiB", stitched)):
        median = statistics.median(times)
        print(row((what, str(len(times)), f"{median / 1000:.2f}", f"{boot / median:.1f}")))
    return boot


def wait(options, playground, boot):
    print(row(("waits", "memory held MiB", "on the disk MiB", "whole after s", "a cold boot is so many times slower")))
    print(row(("---",) * 5))
    for mode in ("booted", "paused", "saved"):
        playground.empty()
        playground.wait_as(mode, 1)
        playground.run("pool", "apply")
        shadow = playground.run("shadow", "start", options.user)["instance"]
        held = memory_held(shadow)
        on_disk = saved_size(playground.folder)
        times = []
        for _ in range(options.runs):
            times.append(playground.run("shadow", "inflate", options.user, "--full")["shadows"][0]["elapsed_ms"])
            playground.run("shadow", "deflate", options.user)
        median = statistics.median(times)
        print(row((mode, f"{held / 2**20:.0f}", f"{on_disk / 2**20:.0f}", f"{median / 1000:.2f}",
                   f"{boot / median:.1f}")))


def parse():
    parser = argparse.ArgumentParser(prog="scripts/bench inflate", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", metavar="DIR", type=os.path.abspath, default=os.path.join(ROOT, "build/images"),
                        help="where scripts/build-guest has made the image (default build/images)")
    parser.add_argument("--image", default="tiny", help="its name (default tiny; debian is one with systemd)")
    parser.add_argument("--user", default="alice", help="an account of the image (default alice)")
    parser.add_argument("--minimal", default="192MiB", help="memory of a ghost (default 192MiB)")
    parser.add_argument("--full", default="512MiB", help="memory in use (default 512MiB)")
    parser.add_argument("--runs", type=int, default=4, help="of each (default 4)")
    parser.add_argument("--deskloom", metavar="FILE", type=os.path.abspath,
                        default=os.path.join(ROOT, "build/release/bin/deskloom"),
                        help="measure this program; without it, a release build is made")
    parser.add_argument("--check", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.runs < 2:
        parser.error("--runs is at least 2")
    if not options.check and not os.path.exists(os.path.join(options.images, options.image)):
        parser.error(f"no image {options.image} in {options.images}: make it with scripts/build-guest --output DIR")
    return options


if __name__ == "__main__":
    sys.exit(main())
