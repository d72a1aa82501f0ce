#!/usr/bin/env python3
"""Makes what scripts/bench measures on, the same bytes for the same seed.

  workloads.py make persona DIR     a home directory: 30 000 files, 1.5 GiB (W1)
  workloads.py evolve persona DIR   ten minutes of work in it, in place
  workloads.py make memory FILE     a memory image: 2 GiB (W2)
  workloads.py evolve memory FILE   dirties 3 % of its pages, in place
  workloads.py digest persona DIR   one line that names all of its content
  workloads.py differences persona DIR RESTORED
                                    what a restored tree has otherwise than the original
"""
import argparse
import json
import os
import random

from workload import memory, persona, tree, work
from workload.content import make_content
from workload.home import Home


def main():
    options = parse()
    action = {"make": make, "evolve": evolve, "digest": digest, "differences": differences}[options.action]
    print(json.dumps(action(options)))


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("action", choices=("make", "evolve", "digest", "differences"))
    parser.add_argument("kind", choices=("persona", "memory"))
    parser.add_argument("target")
    parser.add_argument("restored", nargs="?")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--scale", type=float, default=1.0, help="share of the full size")
    parser.add_argument("--step", type=int, default=1, help="which ten minutes")
    parser.add_argument("--synthetic", action="store_true", help="sample nothing from this machine's /usr")
    return parser.parse_args()


def make(options):
    # The more files, the more to draw from: a small pool in a large tree would be deduplicated away.
    content = make_content(options.seed, options.synthetic, pool_mib(64, options), pool_mib(128, options))
    if options.kind == "memory":
        memory.make(options.target, content, random.Random(f"{options.seed}:memory"), options.scale)
        return {"bytes": os.path.getsize(options.target), "content": content.origin}
    home = Home(options.target, content, options.seed, options.scale)
    persona.make(home)
    return home.summary()


def pool_mib(most, options):
    return max(2, round(most * min(1, options.scale)))


def evolve(options):
    # Other numbers than those of make: what is new in a step must not stand in the tree already.
    content = make_content(options.seed + 1000 * options.step, options.synthetic, pool_mib(16, options),
                           pool_mib(32, options))
    if options.kind == "memory":
        return memory.evolve(options.target, content, random.Random(f"{options.seed}:memory:{options.step}"))
    return work.evolve(Home(options.target, content, options.seed, options.scale), options.step)


def digest(options):
    return tree.digest(options.target)


def differences(options):
    return tree.differences(options.target, options.restored)


if __name__ == "__main__":
    main()
