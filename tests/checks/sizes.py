#!/usr/bin/python3
"""sizes.py ROOT: no C++ file of lib/ or cmd/ is so long that it must have a second job."""
import pathlib
import sys

LIMIT_LINES = 400

root = pathlib.Path(sys.argv[1])
long_files = []
for top in ("lib", "cmd"):
    for path in sorted((root / top).rglob("*.[ch]pp")):
        lines = len(path.read_text().splitlines())
        if lines > LIMIT_LINES:
            long_files.append(f"{path}: {lines} lines, at most {LIMIT_LINES}")
if long_files:
    sys.exit("\n".join(long_files))
