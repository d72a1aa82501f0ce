#!/usr/bin/env python3
"""Measures how many desktops many processes can assign at once, and prints a Markdown table.

Every rung of the broker's ladder is there: desktops that their users left, shrunk, shadows made ahead, ghosts, and
in the end instances made on demand. Instances and their guests are simulated; leases, state store, journal and the helper's protocol are real
(tests/bench/assign_load.cpp). Beside it, in the same run: durable commits of one row, by as many processes, which is
what the disk and SQLite's lock allow. Ends with 1 when an instance was given to two users, or two to one user.
"""
import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile

from compare.machine import memory_gib, processor
from compare.table import row

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def main():
    options = parse()
    if options.check:
        return 0
    print(f"{len(os.sched_getaffinity(0))} cores of {processor()}, {memory_gib():.1f} GiB; load at the beginning "
          f"{os.getloadavg()[1]:.1f}.\n")
    folder = tempfile.mkdtemp(prefix="deskloom-broker-", dir=options.directory)
    try:
        ran = subprocess.run([options.program, os.path.join(folder, "world"), str(options.instances),
                              str(options.processes), str(options.assignments)], text=True, stdout=subprocess.PIPE)
        if not ran.stdout:
            return 1
        report(options, json.loads(ran.stdout))
        return ran.returncode
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def report(options, result):
    table = [("assignments", "count", "median ms", "99th percentile ms")]
    table.append(("---",) * 4)
    for action, figures in sorted(result["actions"].items()):
        table.append((action, f"{figures['count']:,}", f"{figures['median_ms']:.1f}", f"{figures['p99_ms']:.1f}"))
    print("\n".join(row(cells) for cells in table))
    rate, bare = result["assignments_per_second"], result["bare_commits_per_second"]
    print(f"\n{options.processes} processes, {options.instances:,} instances: {rate:.0f} assignments a second, each "
          "with its connect and disconnect and a desktop that shrinks, or is reclaimed and mostly made anew; beside it "
          f"{bare:.0f} bare commits a second, ratio {rate / bare:.3f}.")
    print(f"Double assignments: {result['double_assignments']}. Processes that failed: {result['failed_processes']}. "
          f"Problems of the state store: {', '.join(result['problems']) or 'none'}.")


def parse():
    parser = argparse.ArgumentParser(prog="scripts/bench broker", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--instances", type=int, default=10_000, help="in the fleet (default 10000)")
    parser.add_argument("--processes", type=int, default=50, help="at once (default 50)")
    parser.add_argument("--assignments", type=int, default=100_000, help="by all of them (default 100000)")
    parser.add_argument("--directory", metavar="DIR", type=os.path.abspath,
                        help="where the state store lies (default: the temporary directory)")
    parser.add_argument("--deskloom", metavar="FILE", dest="program", type=os.path.abspath,
                        default=os.path.join(ROOT, "build/release/bin/assign_load"),
                        help="measure with this program; without it, a release build is made")
    parser.add_argument("--check", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
