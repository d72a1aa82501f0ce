"""What forecasts should reach: shares of the best baseline's score on the same trace, or limits on our own."""
from dataclasses import dataclass
from fnmatch import fnmatchcase

LOG_LOSS, CALIBRATION, LOSS, LOSS_95 = "log loss", "calibration error", "wQL", "wQL at 0.95"
COVERAGE_95 = "share below 0.95"
IDLE_10, IDLE_5 = "idle min/arrival, 10 % unmet", "idle min/arrival, 5 % unmet"
WARM_10 = "idle min/session, 10 % cold"
TOP_1, SECONDS, CPU_SECONDS, PEAK = "top 1", "s", "CPU s", "peak MB"
NEXT_FORECAST, TRAIN_NETWORK = "predict forecast, next", "train a network"


@dataclass(frozen=True)
class Aim:
    """least and most are of our own score, share of its ratio to the baseline's, more is what it is to be above it."""
    least: float = None
    most: float = None
    share: float = None
    more: float = None

    def words(self):
        if self.share is not None:
            return f"≤ {self.share:g} x"
        if self.more is not None:
            return f"≥ + {self.more:g}"
        parts = [f"≥ {self.least:g}"] if self.least is not None else []
        return ", ".join(parts + ([f"≤ {self.most:g}"] if self.most is not None else []))

    def is_met(self, ours, theirs):
        """None: there is nothing to compare with."""
        if (self.share is not None or self.more is not None) and theirs is None:
            return None
        if self.share is not None:
            return ours <= self.share * theirs
        if self.more is not None:
            return ours >= theirs + self.more
        return (self.least is None or ours >= self.least) and (self.most is None or ours <= self.most)


# Patterns of trace and forecast, and measures; the first that fits holds.
AIMS = (
    ("radoslaw", "connect *known users*", (LOG_LOSS,), Aim(share=0.97)),
    ("sdscblue", "connect *known users*", (LOG_LOSS,), Aim(share=0.95)),
    ("radoslaw", "connect *new users*", (LOG_LOSS,), Aim(share=0.85)),
    ("*", "connect *", (CALIBRATION,), Aim(most=0.001)),
    ("radoslaw", "connect *", (WARM_10,), Aim(share=0.92)),
    ("sdscblue", "connect *", (WARM_10,), Aim(share=0.85)),
    ("radoslaw", "shared pool*", (IDLE_10, IDLE_5), Aim(share=0.90)),
    ("radoslaw", "connects an hour*", (LOSS,), Aim(share=0.92)),
    ("sdscblue", "connects an hour*", (LOSS,), Aim(share=0.92)),
    ("*", "connects an hour*", (COVERAGE_95,), Aim(least=0.93, most=0.97)),
    ("bitbrains", "cpu*", (LOSS,), Aim(share=0.92)),
    ("bitbrains", "mem*", (LOSS,), Aim(share=0.88)),
    ("bitbrains", "*", (LOSS, LOSS_95), Aim(share=0.95)),
    ("*", "places, 1 h*", (LOG_LOSS,), Aim(share=0.90)),
    ("*", "places, 24 h*", (TOP_1,), Aim(more=0.03)),
    ("*", NEXT_FORECAST, (SECONDS,), Aim(most=1)),
    ("*", NEXT_FORECAST, (PEAK,), Aim(most=100)),
    ("*", TRAIN_NETWORK, (SECONDS,), Aim(most=300)),
    # A simple rule that foretells as well would do as well.
    ("*", "*", (LOG_LOSS, LOSS, LOSS_95, IDLE_10, IDLE_5, WARM_10), Aim(share=1)),
    ("*", "*", (TOP_1,), Aim(more=0)),
)


@dataclass(frozen=True)
class Score:
    """One row: what a forecast scored on a trace; baseline and its score where there is one to compare with."""
    trace: str
    forecast: str
    measure: str
    ours: float
    baseline: str = "-"
    theirs: float = None

    def ratio(self):
        return self.ours / self.theirs if self.theirs else None

    def aim(self):
        """The aim in words, and whether it is met; "-" and None without one."""
        for trace, forecast, measures, aim in AIMS:
            if fnmatchcase(self.trace, trace) and fnmatchcase(self.forecast, forecast) and self.measure in measures:
                met = aim.is_met(self.ours, self.theirs)
                return ("-", None) if met is None else (aim.words(), met)
        return "-", None


def best(measure, scores):
    """(name, score) of the baseline that is the hardest to beat, of a dictionary; Score's defaults for none."""
    known = {name: score for name, score in scores.items() if score is not None}
    if not known:
        return "-", None
    choose = max if measure == TOP_1 else min
    return choose(known.items(), key=lambda item: item[1])
