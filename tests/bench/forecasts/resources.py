"""What each desktop, or server, uses in each hour of the next day."""
import csv
import os

from . import simple
from .aims import LOSS, LOSS_95, Score, best
from .tools import output_to
from .traces import HOUR_S, RESOURCE_DAYS

REFEREES_KEYS = {LOSS: "wQL", LOSS_95: "wQL95"}


def traces(bench):
    return bench.traces.resources()


def scores(bench, trace):
    forecasts = os.path.join(bench.folder, f"{trace.name}-resources.csv")
    output_to(forecasts, [bench.program("forecast_resources"), trace.file, "--origins", str(trace.origin_s),
                          "--count", str(RESOURCE_DAYS), "--zone", trace.zone])
    compared = by_referee if bench.knows(trace.name) else beside_rules
    for metric, ours, rules in compared(bench, trace, forecasts):
        for measure in (LOSS, LOSS_95):
            yield Score(trace.name, f"{metric}, 24 h ahead", measure, ours[measure],
                        *best(measure, {rule: of[measure] for rule, of in rules.items()}))


def by_referee(bench, trace, forecasts):
    """(metric, our scores, {baseline: scores}), scores by measure."""
    baselines = bench.referees(trace.name)["resource"]
    for metric, ours in bench.referee.scores(trace.name, "resource", forecasts).items():
        yield (metric, by_measure(ours),
               {f"referee's {rule}": by_measure(of) for rule, of in baselines[metric].items()})


def by_measure(scored):
    return {measure: scored[key] for measure, key in REFEREES_KEYS.items()}


def beside_rules(_bench, trace, forecasts):
    return simple.compare(forecasts, lambda line: (line["metric"], line["vm"]), amounts_of(trace.file))


def amounts_of(path):
    """{metric: {entity: {hour: amount}}}"""
    with open(path, encoding="utf-8", newline="") as file:
        lines = csv.reader(file)
        metrics = next(lines)[2:]
        amounts = {metric: {} for metric in metrics}
        for entity, at, *of_metrics in lines:
            for metric, amount in zip(metrics, of_metrics):
                values = amounts[metric].setdefault(entity, {})
                if amount:
                    values[int(at) // HOUR_S] = float(amount)
    return amounts
