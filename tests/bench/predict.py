#!/usr/bin/env python3
"""Scores Deskloom's forecasts beside simple rules on the same traces, and prints a Markdown table.

  connect    who connects within the next quarter hour
  demand     connects, and users at once, in each hour of the next day; idle desktops of a shared pool
  resources  what each desktop uses in each hour of the next day
  places     where users are in an hour, and in a day
  speed      time and memory of 'predict train' and 'predict forecast' for many users

Every task but the last is tried on a trace that scripts/usage-trace generates, and on those public traces that are in
--traces. With --referee, an outside program scores our files, and the rules are its own. Progress goes to stderr.
"""
import argparse
import os
import shutil
import signal
import sys
import tempfile

from compare.process import Failed
from forecasts import connect, demand, places, resources, speed, table
from forecasts.referee import Referee
from forecasts.traces import GENERATED, PUBLIC, SESSIONS, Traces

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
# Speed is first: what this process holds in memory counts as its children's (compare/process.py).
TASKS = {"speed": speed, "connect": connect, "demand": demand, "resources": resources, "places": places}


class Bench:
    """What the tasks are given."""

    def __init__(self, options, folder):
        self.deskloom, self.users, self.folder = options.deskloom, options.users, folder
        self.traces = Traces(options.traces, folder)
        self.networks_of = options.network
        self.referee = Referee(options.referee, options.traces, options.work or folder) if options.referee else None

    def program(self, name):
        return os.path.join(os.path.dirname(self.deskloom), name)

    def trainer(self):
        """The program that trains networks; None where it was not built."""
        path = self.program("deskloom-predict")
        return path if os.path.exists(path) else None

    def networks(self, trace):
        return self.networks_of.get(trace, [])

    def knows(self, trace):
        """Whether a referee is there that can score forecasts of this trace."""
        return self.referee is not None and trace != GENERATED

    def referees(self, trace):
        """Its scores of its baselines."""
        return self.referee.baselines(trace, PUBLIC[trace])


def main():
    options = parse()
    if options.check:
        return 0
    # Else what is here would stay when somebody ends it.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    folder = tempfile.mkdtemp(prefix="deskloom-predict-", dir=options.work)
    try:
        print("\n".join([*table.describe(options), "", *table.head()]), flush=True)
        return run(Bench(options, folder), options.only)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def run(bench, names):
    """What fails leaves the other traces and tasks to be measured."""
    failed = False
    for name in names:
        for trace in TASKS[name].traces(bench):
            print(f"{name}: {trace.name}", file=sys.stderr, flush=True)
            try:
                for score in TASKS[name].scores(bench, trace):
                    print(table.line(score), flush=True)
            except (Failed, OSError) as problem:
                print(f"bench: {name}: {trace.name}: {problem}", file=sys.stderr, flush=True)
                failed = True
    return 1 if failed else 0


def parse():
    parser = argparse.ArgumentParser(prog="scripts/bench predict", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--traces", metavar="DIR", type=os.path.abspath, help="a folder of public traces")
    parser.add_argument("--referee", metavar="FILE", type=os.path.abspath,
                        help="a program that scores forecasts (tests/bench/forecasts/referee.py says how it is called)")
    parser.add_argument("--network", metavar="TRACE=FILE", action="append", default=[],
                        help="score this network there, in the place of one that is trained; it must not have learnt from "
                             "the test (repeatable)")
    parser.add_argument("--only", metavar="LIST", default=list(TASKS), type=lambda text: text.split(","),
                        help=f"only these, separated by commas: {', '.join(TASKS)}")
    parser.add_argument("--users", type=int, default=10_000, help="how many speed is measured with (default 10000)")
    parser.add_argument("--work", metavar="DIR", type=os.path.abspath,
                        help="where to work, in a new folder that is removed, and to keep the scores of the referee's "
                             "baselines")
    parser.add_argument("--deskloom", metavar="FILE", type=os.path.abspath,
                        default=os.path.join(ROOT, "build/release/bin/deskloom"),
                        help="measure this program, and those beside it; without it, a release build is made")
    parser.add_argument("--check", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    check(parser, options)
    return options


def check(parser, options):
    if unknown := set(options.only) - set(TASKS):
        parser.error(f"--only: {', '.join(sorted(unknown))}: not one of {', '.join(TASKS)}")
    options.only = [name for name in TASKS if name in options.only]
    options.network = networks(parser, options.network)
    if options.users < 1:
        parser.error("--users is at least 1")
    for folder in (options.traces, options.work):
        if folder and not os.path.isdir(folder):
            parser.error(f"no folder {folder}")
    if options.referee and not options.traces:
        parser.error("--referee: add --traces, for it scores what is there")
    if options.referee and not os.access(options.referee, os.X_OK):
        parser.error(f"--referee: no program {options.referee}")


def networks(parser, pairs):
    """{trace: [file]}"""
    found = {}
    for trace, _, file in (pair.partition("=") for pair in pairs):
        if trace not in (*SESSIONS, GENERATED) or not os.path.isfile(file):
            parser.error(f"--network {trace}={file}: not a trace of sessions and a file")
        found.setdefault(trace, []).append(os.path.abspath(file))
    return found


if __name__ == "__main__":
    sys.exit(main())
