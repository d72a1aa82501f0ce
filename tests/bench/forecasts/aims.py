"""What forecasts should reach: shares of the best baseline's score on the same trace, or limits on our own."""
from dataclasses import dataclass

LOG_LOSS, CALIBRATION, LOSS, LOSS_95 = "log loss", "calibration error", "wQL", "wQL at 0.95"
IDLE_10, IDLE_5 = "idle min/arrival, 10 % unmet", "idle min/arrival, 5 % unmet"
TOP_1, SECONDS, CPU_SECONDS, PEAK = "top 1", "s", "CPU s", "peak MB"

# A simple rule that foretells as well would do as well.
MOST_OF_BASELINE = dict.fromkeys((LOG_LOSS, CALIBRATION, LOSS, LOSS_95, IDLE_10, IDLE_5), 1.0)
LEAST_OF_BASELINE = {TOP_1: 1.0}
NEXT_FORECAST = "predict forecast, next"
LIMITS = {(NEXT_FORECAST, SECONDS): 1.0, (NEXT_FORECAST, PEAK): 100.0}


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
        limit = LIMITS.get((self.forecast, self.measure))
        if limit is not None:
            return f"≤ {limit:g} {self.measure.split()[-1]}", self.ours <= limit
        if self.ratio() is None:
            return "-", None
        if self.measure in LEAST_OF_BASELINE:
            return f"≥ {LEAST_OF_BASELINE[self.measure]:g}", self.ratio() >= LEAST_OF_BASELINE[self.measure]
        return f"≤ {MOST_OF_BASELINE[self.measure]:g}", self.ratio() <= MOST_OF_BASELINE[self.measure]


def best(measure, scores):
    """(name, score) of the baseline that is the hardest to beat, of a dictionary; Score's defaults for none."""
    known = {name: score for name, score in scores.items() if score is not None}
    if not known:
        return "-", None
    choose = max if measure in LEAST_OF_BASELINE else min
    return choose(known.items(), key=lambda item: item[1])
