#!/usr/bin/env python3
"""Measures Deskloom's snapshots, beside other programs when asked to, and prints a Markdown table.

  W1  a persona's home: 30 000 files, 1.5 GiB; then ten minutes of work in it, again and again
  W2  a machine's memory: 2 GiB; then 3 % of its pages dirtied

Peers that are installed take part; to have all of them:

  apt-get install restic borgbackup squashfs-tools duplicity rdiff-backup git tar zstd qemu-utils

The full size needs 15 GB in DIR, 50 GB with peers. Progress goes to stderr.
"""
import argparse
import os
import shutil
import sys
import tempfile

from compare import table
from compare.contest import Contest, compare_images, compare_trees
from compare.deskloom import Deskloom
from compare.image_peers import IMAGE_PEERS
from compare.machine import describe
from compare.results import Results
from compare.tree_peers import TREE_PEERS

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
# At scale 1, without and with peers. Every restored tree is kept to the end.
NEEDED_GB = {False: 15, True: 50}


def main():
    options = parse()
    if options.check:
        return
    folder = tempfile.mkdtemp(prefix="deskloom-bench-", dir=options.work)
    try:
        check_space(options)
        results, versions = Results(), {}
        for workload in options.workloads:
            play(workload, options, folder, results, versions)
        print("\n".join([*describe(options, versions), "", *table.lines(results), "", *table.counts(results)]))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def parse():
    parser = argparse.ArgumentParser(prog="scripts/bench snapshot", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peers", action="store_true", help="measure the peers as well")
    parser.add_argument("--only", metavar="LIST", default="", type=lambda text: text.split(","),
                        help="only these, separated by commas: ours, w1, w2, or names of peers")
    parser.add_argument("--runs", type=positive(int), default=3, help="how often each is measured (default 3)")
    parser.add_argument("--steps", type=positive(int), default=3, help="how many times ten minutes (default 3)")
    parser.add_argument("--scale", type=positive(float), default=1.0, help="share of the full size (default 1)")
    parser.add_argument("--seed", type=int, default=1, help="other numbers, other files (default 1)")
    parser.add_argument("--work", metavar="DIR", default="/var/tmp", type=os.path.abspath,
                        help="where to work, in a new folder that is removed (default /var/tmp)")
    parser.add_argument("--deskloom", metavar="FILE", type=os.path.abspath,
                        default=os.path.join(ROOT, "build/release/bin/deskloom"),
                        help="measure this program; without it, a release build is made")
    parser.add_argument("--check", action="store_true", help=argparse.SUPPRESS)
    return choose(parser, parser.parse_args())


def positive(kind):
    def convert(text):
        value = kind(text)
        if value <= 0:
            raise argparse.ArgumentTypeError(f"{text} is not above 0")
        return value
    return convert


def choose(parser, options):
    names = {name for name in options.only if name}
    options.workloads = [name for name in ("W1", "W2") if name.lower() in names] or ["W1", "W2"]
    options.names = names - {"w1", "w2"}
    peers = {peer.name for peer in TREE_PEERS + IMAGE_PEERS}
    if unknown := options.names - peers - {"ours"}:
        parser.error(f"--only: {', '.join(sorted(unknown))}: not one of ours, w1, w2, {', '.join(sorted(peers))}")
    if options.names & peers and not options.peers:
        parser.error("--only names a peer: add --peers")
    return options


def check_space(options):
    needed = NEEDED_GB[options.peers] * 10**9 * options.scale
    free = shutil.disk_usage(options.work).free
    if free < needed:
        sys.exit(f"bench: {options.work} has {free / 1e9:.1f} GB free, {needed / 1e9:.1f} GB are needed: use --work")


def play(workload, options, folder, results, versions):
    kind, peers, compare = {"W1": ("persona", TREE_PEERS, compare_trees),
                            "W2": ("memory", IMAGE_PEERS, compare_images)}[workload]
    place = os.path.join(folder, workload)
    os.makedirs(place)
    programs = programs_for(options, "tree" if workload == "W1" else "memory", peers, place)
    versions.update({program.binary: program.version() for program in programs if not program.missing()})
    compare(Contest(workload, kind, programs, results, options, place))


def programs_for(options, kind, peers, place):
    wanted = lambda name: not options.names or name in options.names
    chosen = [Deskloom(os.path.join(place, "ours"), options.deskloom, kind)] if wanted("ours") else []
    if options.peers:
        chosen += [peer(os.path.join(place, peer.name)) for peer in peers if wanted(peer.name)]
    return chosen


if __name__ == "__main__":
    main()
