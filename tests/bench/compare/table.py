"""The results as a Markdown table: one row for each operation and peer."""
from .aims import LIMITS_BYTES, MEMORY, OPERATIONS, aim_for
from .deskloom import OURS

HEAD = ("operation", "ours: s", "CPU s", "bytes", "peer", "s", "CPU s", "bytes", "ratio", "aim", "met")


def lines(results):
    yield row(HEAD)
    yield row(("---",) * len(HEAD))
    for operation in OPERATIONS:
        programs = results.programs.get(operation[:2], ())
        peers = [name for name in programs if name != OURS and has_row(results, operation, name)]
        if OURS in programs and (operation in LIMITS_BYTES or not peers):
            yield row((operation, *figures(results, operation, OURS), "-", "-", "-", "-", "-",
                       *limit_cells(results, operation)))
        for peer in peers:
            yield row((operation, *figures(results, operation, OURS), peer, *figures(results, operation, peer),
                       *aim_cells(results, operation, peer)))


def row(cells):
    return "| " + " | ".join(cells) + " |"


def has_row(results, operation, name):
    return (operation, name) in results.samples or (operation, name) in results.problems


def figures(results, operation, name):
    """Three cells. A problem stands where the seconds do: a run that gave a wrong tree has no time worth showing."""
    problem = results.problems.get((operation, name))
    seconds = number(results.seconds(operation, name), ".3f")
    return (f"{seconds} ({problem})" if problem and seconds != "-" else problem or seconds,
            number(results.cpu_seconds(operation, name), ".3f"), number(results.bytes(operation, name), ",.0f"))


def number(value, form):
    return "-" if value is None else format(value, form)


def limit_cells(results, operation):
    limit = LIMITS_BYTES.get(operation)
    if limit is None:
        return "-", "-"
    size = results.bytes(operation, OURS)
    return f"bytes ≤ {limit:,}", verdict([None if size is None else size <= limit])


def aim_cells(results, operation, peer):
    """Ratio, aim, met."""
    ratios = {"time": ratio(results.seconds, operation, peer), "size": ratio(results.bytes, operation, peer)}
    shown = ", ".join(f"{what} {value:.3f}" for what, value in ratios.items() if value is not None)
    aim = aim_for(operation, peer)
    wanted = {what: getattr(aim, what) for what in ratios if aim and getattr(aim, what) is not None}
    if not wanted:
        return shown or "-", "-", "-"
    met = [None if ratios[what] is None else ratios[what] <= most for what, most in wanted.items()]
    # What a wrong restore took is beside the point.
    if (operation, OURS) in results.problems and results.runs(operation, OURS):
        met = [False]
    return shown or "-", ", ".join(f"{what} ≤ {most:g}" for what, most in wanted.items()), verdict(met)


def ratio(measure, operation, peer):
    ours, theirs = measure(operation, OURS), measure(operation, peer)
    return ours / theirs if ours is not None and theirs else None


def verdict(met):
    if None in met:
        return "not measured"
    return "yes" if all(met) else "no"


def counts(results):
    """How often each was measured: the table cannot show it."""
    for operation in OPERATIONS:
        if operation not in MEMORY.values():
            runs = [f"{name} {results.runs(operation, name)}" for name in results.programs.get(operation[:2], ())
                    if results.runs(operation, name)]
            if runs:
                yield f"- runs of {operation}: {', '.join(runs)}"
