"""The scores as a Markdown table."""
import os
import platform

from compare.machine import memory_gib, processor
from compare.table import row, verdict

HEAD = ("trace", "forecast", "measure", "ours", "baseline", "its", "ratio", "aim", "met")


def head():
    yield row(HEAD)
    yield row(("---",) * len(HEAD))


def line(score):
    aim, met = score.aim()
    ratio = score.ratio()
    return row((score.trace, score.forecast, score.measure, number(score.ours), score.baseline,
                "-" if score.theirs is None else number(score.theirs), "-" if ratio is None else f"{ratio:.3f}",
                aim, "-" if met is None else verdict([met])))


def number(value):
    return f"{value:.4g}"


def describe(options):
    yield (f"{len(os.sched_getaffinity(0))} cores of {processor()}, {memory_gib():.1f} GiB, Linux "
           f"{platform.release()}; load at the beginning {os.getloadavg()[1]:.1f}.")
    yield ("Baselines are the best of those on the same trace" +
           (", of the referee's where it knows the trace." if options.referee else ".") +
           " Losses are smaller when better, top 1 is the share of first guesses that were right.")
