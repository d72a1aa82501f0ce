"""Where users will be in an hour, and in a day."""
import os
import re

from .aims import LOG_LOSS, TOP_1, Score, best
from .tools import output_of

# forecast_places prints a table: horizon, model, count, log loss, shares that the first and the first three were right
LINE = re.compile(r"^ *(\d+)h (.+?) +\d+ +([\d.]+) +([\d.]+)% +[\d.]+%$", re.MULTILINE)
OURS = "learnt mixture"
ASKED = {1: LOG_LOSS, 24: TOP_1}
REFEREES_KEYS = {LOG_LOSS: "logloss", TOP_1: "top1"}


def traces(bench):
    return bench.traces.places()


def scores(bench, trace):
    forecasts = os.path.join(bench.folder, f"{trace.name}-places.csv")
    printed = output_of([bench.program("forecast_places"), trace.file, trace.zone, str(trace.test_s), forecasts])
    compared = by_referee(bench, trace, forecasts) if bench.knows(trace.name) else beside_rules(printed)
    for horizon, ours, rules in compared:
        measure = ASKED[horizon]
        yield Score(trace.name, f"places, {horizon} h ahead", measure, ours[measure],
                    *best(measure, {rule: of[measure] for rule, of in rules.items()}))


def by_referee(bench, trace, forecasts):
    """(horizon, our scores, {baseline: scores}), scores by measure."""
    scored, baselines = bench.referee.scores(trace.name, "location", forecasts), bench.referees(trace.name)
    for horizon in ASKED:
        yield (horizon, by_measure(scored[f"{horizon}h"]),
               {f"referee's {rule}": by_measure(of) for rule, of in baselines[f"location_{horizon}h"].items()})


def by_measure(scored):
    return {measure: scored[key] for measure, key in REFEREES_KEYS.items()}


def beside_rules(printed):
    models = {horizon: {} for horizon in ASKED}
    for horizon, model, loss, first in LINE.findall(printed):
        if int(horizon) in models:
            models[int(horizon)][model] = {LOG_LOSS: float(loss), TOP_1: float(first) / 100}
    for horizon, of in models.items():
        yield horizon, of.pop(OURS), of
