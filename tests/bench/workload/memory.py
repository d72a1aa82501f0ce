"""W2: a machine's memory as a file, 2 GiB at scale 1, a third of its pages zero."""
import os
from collections import namedtuple

from .content import MIB, PAGE

SIZE_MIB = 2048
# share: of all pages; mean_run: pages in a row
Kind = namedtuple("Kind", "name share mean_run")
KINDS = (Kind("zero", 0.34, 400), Kind("text", 0.15, 60), Kind("heap", 0.11, 60), Kind("program", 0.15, 120),
         Kind("noise", 0.25, 90))
# What running programs write is less often zero than what they never touched.
WRITTEN = (0.12, 0.25, 0.25, 0.13, 0.25)

# Beside the image: the ranges that the last step wrote to.
CHANGED = ".changed"

ALIGNED = bytes(n & 0xF0 for n in range(256))
SMALL = bytes(n & 0x3F for n in range(256))


def make(path, content, rng, scale):
    left = max(MIB, int(SIZE_MIB * MIB * scale)) // PAGE
    with open(path, "wb") as file:
        while left > 0:
            kind, = rng.choices(KINDS, [kind.share / kind.mean_run for kind in KINDS])
            run = min(left, 1 + int(rng.expovariate(1 / kind.mean_run)))
            file.write(pages_of(kind.name, content, rng, run))
            left -= run


def pages_of(kind, content, rng, pages):
    if kind == "zero":
        return bytes(pages * PAGE)
    if kind == "text":
        return content.text(rng, pages * PAGE)
    if kind == "heap":
        return heap(rng, pages * PAGE)
    return content.code(rng, pages) if kind == "program" else rng.randbytes(pages * PAGE)


def heap(rng, size):
    """Records of 32 bytes: two pointers into one arena, a small number, and nothing."""
    out, records = bytearray(size), size // 32
    arena = rng.randbytes(2)
    for pointer in (0, 8):
        out[pointer::32] = rng.randbytes(records).translate(ALIGNED)
        out[pointer + 1::32] = rng.randbytes(records)
        out[pointer + 2::32] = rng.randbytes(records).translate(SMALL)
        for byte, value in zip((3, 4, 5), arena + b"\x7f"):
            out[pointer + byte::32] = bytes((value,)) * records
    out[16::32] = rng.randbytes(records).translate(SMALL)
    return bytes(out)


def evolve(path, content, rng):
    """Dirties about 3 % of the pages: two thirds in runs (arenas, page cache), the others one by one."""
    with open(path, "r+b") as file, open(path + CHANGED, "w") as changed:
        total = file.seek(0, os.SEEK_END) // PAGE
        runs = dirty_runs(file, changed, content, rng, total)
        singles = max(1, total // 100)
        for page in rng.sample(range(total), singles):
            dirty_page(file, content, rng, page, total)
            tell(changed, page, 1)
    return {"pages_in_runs": runs, "single_pages": singles}


def tell(changed, page, pages):
    """What a dirty bitmap would say."""
    changed.write(f"{page * PAGE} {pages * PAGE}\n")


def dirty_runs(file, changed, content, rng, total):
    left = budget = max(1, total // 50)
    while left > 0:
        run = min(left, rng.randint(8, 256))
        kind, = rng.choices(KINDS, WRITTEN)
        first = rng.randrange(total - run + 1)
        file.seek(first * PAGE)
        file.write(pages_of(kind.name, content, rng, run))
        tell(changed, first, run)
        left -= run
    return budget


def dirty_page(file, content, rng, page, total):
    """A counter or a list head changed; a page that moved; or a new one."""
    draw = rng.random()
    source = page if draw < 0.6 else rng.randrange(total)
    file.seek(source * PAGE)
    data = bytearray(file.read(PAGE))
    if draw < 0.6:
        for _ in range(rng.randint(1, 12)):
            word = rng.randrange(PAGE // 8) * 8
            data[word:word + 4] = rng.randbytes(4)
    elif draw >= 0.7:
        data = pages_of(rng.choice(("text", "heap", "noise")), content, rng, 1)
    file.seek(page * PAGE)
    file.write(data)
