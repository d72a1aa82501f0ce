#!/usr/bin/python3
"""layers.py ROOT: every #include obeys lib/layers.txt, and lib/README.md lists the same modules."""
import pathlib
import re
import sys

INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', re.MULTILINE)


def read_layers(path):
    """{module: (modules it may include, third-party headers that it owns)}"""
    layers = {}
    for line in path.read_text().splitlines():
        if line.strip() and not line.startswith("#"):
            module, rest = line.split(":", 1)
            arrows, _, headers = rest.partition("|")
            layers[module.strip()] = (set(arrows.split()), headers.split())
    return layers


def problems_of_file(path, module, layers):
    """module None: a program in cmd/, which may use every module but no header that a module owns."""
    for header in INCLUDE.findall(path.read_text()):
        target = header.split("/")[0] if "/" in header else None
        if module and target in layers and target != module and target not in layers[module][0]:
            yield f"{path}: {module} may not include {header}"
        owners = [
            owner for owner, (_, owned) in layers.items() if any(header.startswith(prefix) for prefix in owned)
        ]
        if owners and module not in owners:
            yield f"{path}: only {' and '.join(owners)} may include <{header}>"


def problems_of_readme(path, layers):
    listed = set(re.findall(r"^\| ([a-z]+) \|", path.read_text(), re.MULTILINE)) - {"module"}
    if listed != set(layers):
        yield f"{path}: lists {sorted(listed ^ set(layers))} otherwise than layers.txt"


def problems(root):
    layers = read_layers(root / "lib/layers.txt")
    known = set()
    for module, (arrows, _) in layers.items():
        # Only what stands above: so the arrows have no cycle.
        for arrow in arrows - known:
            yield f"layers.txt: {module} names {arrow}, which does not stand above it"
        known.add(module)
    for path in sorted((root / "lib").rglob("*.[ch]pp")):
        module = path.relative_to(root / "lib").parts[0]
        if module not in layers:
            yield f"{path}: layers.txt has no module {module}"
        else:
            yield from problems_of_file(path, module, layers)
    for path in sorted((root / "cmd").rglob("*.[ch]pp")):
        yield from problems_of_file(path, None, layers)
    yield from problems_of_readme(root / "lib/README.md", layers)


found = list(problems(pathlib.Path(sys.argv[1])))
if found:
    sys.exit("\n".join(found))
