"""How many connect, and are there, in each hour of the next day; and what a pool that is shared by all would idle."""
import os
import re

from . import simple
from .aims import COVERAGE_95, IDLE_10, IDLE_5, LOSS, LOSS_95, Score, best
from .tools import output_of
from .traces import HOUR_S, read_sessions

SERIES = {"connects": "connects an hour, 24 h ahead", "active": "users at once, 24 h ahead"}
SLOT_S = 900
# What forecast_demand prints of a pool.
POOL = re.compile(r"^(pool.*): idle minutes an arrival ([\d.]+) at 10 % unmet, ([\d.]+) at 5 %", re.MULTILINE)
UNMET = {IDLE_10: 0.1, IDLE_5: 0.05}
REFEREES_ORACLE = "oracle"


def traces(bench):
    return bench.traces.sessions()


def scores(bench, trace):
    forecasts = os.path.join(bench.folder, f"{trace.name}-demand.csv")
    printed = output_of([bench.program("forecast_demand"), trace.zone, trace.begin, trace.test, trace.end,
                         trace.holidays, forecasts, trace.file])
    sessions = read_sessions(trace)
    compared = losses_by_referee if bench.knows(trace.name) else losses_beside_rules
    for series, ours, rules in compared(bench, trace, forecasts, sessions):
        for measure in (LOSS, LOSS_95):
            yield Score(trace.name, SERIES[series], measure, ours[measure],
                        *best(measure, {rule: of[measure] for rule, of in rules.items()}))
        yield Score(trace.name, SERIES[series], COVERAGE_95, ours[COVERAGE_95])
    yield from pools(trace, printed, idle_by_referee(bench, trace) if bench.knows(trace.name)
                     else idle_by_rules(trace, sessions))


def losses_by_referee(bench, trace, forecasts, _sessions):
    """(series, our scores, {baseline: scores}), scores by measure."""
    ours, baselines = bench.referee.scores(trace.name, "demand", forecasts), bench.referees(trace.name)["demand"]
    for series in SERIES:
        rules = dict(baselines[f"{series}/24h"])
        mean = rules.pop("_")["mean"]
        yield (series, by_measure(ours[series], mean),
               {f"referee's {rule}": by_measure(of, mean) for rule, of in rules.items()})


def by_measure(scored, mean):
    return {LOSS: scored["wQL"], LOSS_95: 2 * scored["pin95"] / mean, COVERAGE_95: scored["cov95"]}


def losses_beside_rules(_bench, trace, forecasts, sessions):
    amounts = {"connects": arrivals(trace, sessions, HOUR_S), "active": present(trace, sessions)}
    hours = {name: {"": by_hour(trace, of)} for name, of in amounts.items()}
    return simple.compare(forecasts, lambda line: (line["series"], ""), hours)


def idle_by_referee(bench, trace):
    """{measure: {baseline: idle minutes}}"""
    pools_of = {name: [point[:2] for point in of["points"]]
                for name, of in bench.referees(trace.name)["pool"].items() if name != REFEREES_ORACLE}
    return {measure: {f"referee's {name}": simple.idle_at(points, unmet) for name, points in pools_of.items()}
            for measure, unmet in UNMET.items()}


def idle_by_rules(trace, sessions):
    slots = arrivals(trace, sessions, SLOT_S)
    first = (trace.time_s(trace.test) - trace.time_s(trace.begin)) // SLOT_S
    return {measure: {rule: simple.idle_minutes_of_week(slots, first, unmet, near)
                      for rule, near in simple.POOL_RULES.items()} for measure, unmet in UNMET.items()}


def pools(trace, printed, rules):
    for name, *idle in POOL.findall(printed):
        for measure, minutes in zip(UNMET, idle):
            yield Score(trace.name, f"shared {name}", measure, float(minutes), *best(measure, rules[measure]))


def arrivals(trace, sessions, step_s):
    begin_s, end_s = trace.time_s(trace.begin), trace.time_s(trace.end)
    amounts = [0] * ((end_s - begin_s) // step_s)
    for start, _ in sessions:
        if begin_s <= start < end_s:
            amounts[(start - begin_s) // step_s] += 1
    return amounts


def present(trace, sessions):
    """Mean number of sessions in each hour."""
    begin_s, end_s = trace.time_s(trace.begin), trace.time_s(trace.end)
    amounts = [0.0] * ((end_s - begin_s) // HOUR_S)
    for start, end in sessions:
        at, last = max(start, begin_s), min(end, end_s)
        while at < last:
            hour = (at - begin_s) // HOUR_S
            until = min(begin_s + (hour + 1) * HOUR_S, last)
            amounts[hour] += (until - at) / HOUR_S
            at = until
    return amounts


def by_hour(trace, amounts):
    first = trace.time_s(trace.begin) // HOUR_S
    return {first + number: amount for number, amount in enumerate(amounts)}
