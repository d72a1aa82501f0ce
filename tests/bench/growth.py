#!/usr/bin/env python3
"""Measures what does not have to do with how much a snapshot store keeps, in stores that keep more and more.

Many users are captured every ten minutes, by a simulated clock, into one store. First nothing is pruned, until the
store keeps as many as --until says; then it is pruned every hour, so that only the history grows. Again and again, the
program is run as a whole: its milliseconds are medians, its memory is the most that any run took.

  show     open the store, read one snapshot's manifest
  create   capture a home in which nothing has changed
  list     one user's snapshots
  plan     prune --dry-run of everybody's
  prune    of everybody's, the oldest of each
  gc       after that
  idle gc  once more: there is nothing to do

The last line of each table says how they grow: the exponent of the number of snapshots, 0 flat, 1 in proportion.
"""
import argparse
import math
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

from compare.deskloom import POLICY
from compare.machine import file_system, processor
from compare.process import bytes_of, measure
from compare.table import row

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
STEPS = (1, 3)  # and ten times that, and so on
HISTORY_STEPS = 3
USER = "user-1"
SETTLING_S = 3
COLUMNS = ("show", "create", "list", "plan", "prune", "gc", "idle gc")
KEEP_ONLY_LAST = ("--keep-hourly", "0", "--keep-daily", "0", "--keep-weekly", "0")


class Site:
    """A state store, a snapshot store, and what is run on them."""

    def __init__(self, folder, binary, users):
        self.folder, self.binary, self.users = folder, binary, users
        self.store, self.home = os.path.join(folder, "store"), os.path.join(folder, "home")
        self.policy = os.path.join(folder, "bench.toml")
        self.state = os.path.join(folder, "state")
        with open(self.policy, "w", encoding="utf-8") as file:
            file.write(POLICY.format(store=self.store))
        os.makedirs(self.home)
        for number in range(6):
            with open(os.path.join(self.home, f"file-{number}"), "w", encoding="utf-8") as file:
                file.write(f"{number}\n" * 1000)
        self.run("init")

    def run(self, *words):
        command = [self.binary, *words, "--config", self.policy, "--state-dir", self.state, "--json"]
        return measure(command, self.folder, {"PATH": os.environ["PATH"], "HOME": self.folder})

    def grow(self, kept, captures=0):
        subprocess.run([os.path.join(os.path.dirname(self.binary), "grow_store"), self.store,
                        os.path.join(self.state, "state.sqlite"), str(self.users), str(kept), str(captures)],
                       check=True)

    def count(self):
        return sum(len(names) for _, _, names in os.walk(os.path.join(self.store, "snapshots")))


def main():
    options = parse()
    if options.check:
        return
    folder = tempfile.mkdtemp(prefix="deskloom-growth-", dir=options.work)
    try:
        site = Site(folder, options.deskloom, options.users)
        print(f"{options.users} users, {options.runs} runs each; {len(os.sched_getaffinity(0))} cores of {processor()}, "
              f"{file_system(folder)}; milliseconds, MiB for memory and index.\n")
        kept_most = grow_kept(site, options)
        print()
        grow_history(site, options, kept_most)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def parse():
    parser = argparse.ArgumentParser(prog="scripts/bench growth", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--users", type=int, default=1000, help="how many are captured (default 1000)")
    parser.add_argument("--until", type=int, default=100_000, metavar="N", help="snapshots kept at most (default 100000)")
    parser.add_argument("--runs", type=int, default=3, help="how often each is measured (default 3)")
    parser.add_argument("--work", metavar="DIR", default="/dev/shm", type=os.path.abspath,
                        help="where to work, in a new folder that is removed (default /dev/shm, where waiting for a "
                             "disk hides nothing)")
    parser.add_argument("--deskloom", metavar="FILE", type=os.path.abspath,
                        default=os.path.join(ROOT, "build/release/bin/deskloom"), help=argparse.SUPPRESS)
    parser.add_argument("--check", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.users < 1 or options.runs < 1 or options.until < options.users:
        parser.error("--users and --runs are at least 1, --until at least as many as there are users")
    return options


def grow_kept(site, options):
    """Nothing is pruned. Returns how many are kept in the end."""
    begin_table("kept")
    points = []
    for kept in sizes(options.users, options.until):
        points.append(measure_at(site, options.runs, "kept", kept, lambda kept=kept: grow_to(site, options, kept)))
    end_table(points)
    return points[-1][0]


def grow_history(site, options, kept_most):
    """As many are kept as there are, and more and more have been."""
    begin_table("made")
    kept = (max(kept_most // options.users // 10, 4) + options.runs) * options.users
    points, made = [], kept_most
    for step in range(HISTORY_STEPS):
        captures = 2 * options.users if step == 0 else made
        made += captures
        points.append(measure_at(site, options.runs, "made", made, lambda c=captures: site.grow(kept, c)))
    end_table(points)


def grow_to(site, options, kept):
    # Each run takes one away from every user.
    site.grow(kept + options.runs * options.users)


def sizes(users, until):
    size = users
    while size < until:
        yield from (step * size for step in STEPS if step * size < until)
        size *= 10
    yield until


def begin_table(first):
    columns = (first, *COLUMNS, "peak: create", "prune", "gc", "packs", "index", "made in")
    print(row(columns))
    print(row(("---:",) * len(columns)), flush=True)


def measure_at(site, runs, what, number, grow):
    started = time.monotonic()
    grow()
    grown_in = time.monotonic() - started
    usages = measure_all(site, runs)
    seconds = [statistics.median(usage.seconds for usage in usages[name]) for name in COLUMNS]
    peaks = [max(usage.peak_bytes for usage in usages[name]) / 2**20 for name in ("create", "prune", "gc")]
    packs = len(os.listdir(os.path.join(site.store, "packs")))
    index = bytes_of(os.path.join(site.store, "index")) / 2**20
    print(row((f"{number:,}", *(f"{value * 1000:,.1f}" for value in seconds), *(f"{value:.0f}" for value in peaks),
               str(packs), f"{index:.1f}", f"{grown_in:.0f} s")), flush=True)
    return number, seconds


def measure_all(site, runs):
    # Folders that changed within two seconds, as all do here, are looked into again: nobody captures, or prunes,
    # everybody at once.
    time.sleep(SETTLING_S)
    site.run("snapshot", "create", "--user", "bench", "--tree", site.home)
    usages = {name: [] for name in COLUMNS}
    for _ in range(runs):
        usages["show"].append(site.run("snapshot", "show", "latest"))
        usages["create"].append(site.run("snapshot", "create", "--user", "bench", "--tree", site.home))
        usages["list"].append(site.run("snapshot", "list", USER))
    for _ in range(runs):
        prune = ("snapshot", "prune", "--keep-last", str(max(site.count() // site.users - 1, 1)), *KEEP_ONLY_LAST)
        usages["plan"].append(site.run(*prune, "--dry-run"))
        usages["prune"].append(site.run(*prune))
        usages["gc"].append(site.run("snapshot", "gc"))
        usages["idle gc"].append(site.run("snapshot", "gc"))
    return usages


def end_table(points):
    exponents = [exponent([(number, seconds[column]) for number, seconds in points]) for column in range(len(COLUMNS))]
    print(row(("**exponent**", *(f"{value:.2f}" for value in exponents), *("",) * 6)), flush=True)


def exponent(points):
    """The slope of the line through the logarithms."""
    x = [math.log(number) for number, _ in points]
    y = [math.log(seconds) for _, seconds in points]
    mean_x, mean_y = statistics.fmean(x), statistics.fmean(y)
    spread = sum((value - mean_x) ** 2 for value in x)
    if spread == 0:
        return 0.0
    return sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y)) / spread


if __name__ == "__main__":
    sys.exit(main())
