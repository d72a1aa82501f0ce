#!/usr/bin/env python3
"""Measures 'pool plan', and what its plans cost beside simpler rules, and prints two Markdown tables.

  speed   time and memory of 'pool plan' for many pools and users, of whom all is foretold
  replay  weeks of generated arrivals, replayed through pools that are sized by forecasts, with and without a promise, by
          the day before, and by one number all the time (tests/bench/replay_pool.cpp); the same prices for all
"""
import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile

from compare.machine import memory_gib, processor
from compare.process import Failed, measure
from compare.table import row

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
RUNS = 5
SEEDS = range(1, 6)
MEASURES = ("arrivals", "waited", "minutes waited", "idle hours", "cost")


def main():
    options = parse()
    if options.check:
        return 0
    print(f"{len(os.sched_getaffinity(0))} cores of {processor()}, {memory_gib():.1f} GiB; load at the beginning "
          f"{os.getloadavg()[1]:.1f}.\n")
    folder = tempfile.mkdtemp(prefix="deskloom-pool-")
    try:
        speed(options, folder)
        replay(options)
        return 0
    except (Failed, OSError, subprocess.CalledProcessError) as problem:
        print(f"bench: {problem}", file=sys.stderr)
        return 1
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def speed(options, folder):
    subprocess.run([beside(options, "make_forecasts"), folder, str(options.pools), str(options.users)], check=True)
    common = [options.deskloom, "--config", os.path.join(folder, "deskloom.toml"), "--state-dir", folder, "--json"]
    table(("command", "pools", "users", "s", "processor s", "MB"))
    for command in (["pool", "plan"], ["pool", "plan", "--explain"], ["pool", "plan", "p000"], ["pool", "status"]):
        usages = [measure(common + command, folder, {}) for _ in range(RUNS)]
        print(row((" ".join(command), f"{options.pools:,}", f"{options.users:,}",
                   f"{statistics.median(usage.seconds for usage in usages):.2f}",
                   f"{statistics.median(usage.cpu_seconds for usage in usages):.2f}",
                   f"{max(usage.peak_bytes for usage in usages) / 1e6:.0f}")), flush=True)
    print()


def replay(options):
    """Sums over the seeds, and how much of each other rule's ours has."""
    sums = {}
    for seed in SEEDS:
        printed = subprocess.run([beside(options, "replay_pool"), str(seed)], check=True, text=True,
                                 stdout=subprocess.PIPE).stdout
        for rule, *amounts in (line.split() for line in printed.splitlines()):
            sums[rule] = [a + float(b) for a, b in zip(sums.get(rule, [0] * len(MEASURES)), amounts)]
    table(("rule", *MEASURES, "our waits, ratio", "our idle hours, ratio", "our cost, ratio"))
    ours = sums["foretold"]
    for rule, amounts in sums.items():
        ratios = [ratio(ours[i], amounts[i]) for i in (2, 3, 4)]
        print(row((rule, *(f"{amount:.0f}" for amount in amounts), *ratios)))


def ratio(ours, theirs):
    return f"{ours / theirs:.2f}" if theirs > 0 else "-"


def table(columns):
    print(row(columns))
    print(row(("---",) * len(columns)))


def beside(options, name):
    return os.path.join(os.path.dirname(options.deskloom), name)


def parse():
    parser = argparse.ArgumentParser(prog="scripts/bench pool", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pools", type=int, default=200, help="how many speed is measured with (default 200)")
    parser.add_argument("--users", type=int, default=100_000, help="in all of them (default 100000)")
    parser.add_argument("--deskloom", metavar="FILE", type=os.path.abspath,
                        default=os.path.join(ROOT, "build/release/bin/deskloom"),
                        help="measure this program, with those beside it; without it, a release build is made")
    parser.add_argument("--check", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if not 1 <= options.pools <= options.users:
        parser.error("--pools is at least 1, and --users at least that")
    return options


if __name__ == "__main__":
    sys.exit(main())
