#!/usr/bin/python3
"""forecasts.py ROOT: what scripts/bench scores forecasts with gives the numbers that hand gives, looks at nothing that
was not known, and judges aims the right way round."""
import os
import pathlib
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(sys.argv[1], "tests/bench")))
from forecasts import demand, simple  # noqa: E402
from forecasts.aims import COVERAGE_95, LOG_LOSS, LOSS, LOSS_95, NEXT_FORECAST, SECONDS, TOP_1, Score, best  # noqa: E402
from forecasts.traces import SessionTrace, runs  # noqa: E402


def expect(is_true, what):
    if not is_true:
        sys.exit(what)


def close(a, b):
    return abs(a - b) < 1e-9


def check_loss():
    loss = simple.Loss()
    loss.add([8.0] * len(simple.LEVELS), 10.0)  # 2 too few: the loss at a level is twice that level
    loss.add([12.0] * len(simple.LEVELS), 10.0)  # 2 too many: twice what the level lacks to 1
    scores = loss.scores()
    expect(close(scores[LOSS], 2 * 2 / 20), f"wQL {scores[LOSS]}")
    expect(close(scores[LOSS_95], 2 * 2 / 20), f"wQL at 0.95 {scores[LOSS_95]}")
    lower = simple.Loss()
    lower.add([8.0] * len(simple.LEVELS), 10.0)
    expect(close(lower.scores()[LOSS_95], 2 * 0.95 * 2 / 10), "too few at 0.95 does not weigh more than too many")


def check_rules():
    origin = 100 * simple.WEEK_H
    values = {hour: float(hour % simple.WEEK_H) for hour in range(origin)}
    future = {hour: 1e9 for hour in range(origin, origin + simple.WEEK_H)}
    for name, like in simple.RULES.items():
        for hour in range(origin, origin + simple.DAY_H):
            expect(like(values, origin, hour) == like(values | future, origin, hour), f"{name} sees the future")
            expect(like({}, origin, hour) == [], f"{name} makes up amounts")
    foretold = simple.like_hour_of_week(values, origin, origin + 5)
    expect(foretold == [5.0] * simple.WEEKS, f"the hour of the week was like {foretold}")
    expect(simple.quantiles_of([3, 1, 2], (0, 0.25, 0.5, 1)) == [1, 1.5, 2, 3], "quantiles are not linear")


def check_pool():
    points = [(0.0, 1.0), (10.0, 0.2), (20.0, 0.0)]
    expect(close(simple.idle_at(points, 0.1), 15), "idle minutes between two points")
    expect(close(simple.idle_at(points, 0.2), 10), "idle minutes at a point")
    expect(simple.idle_at(points[:2], 0.1) is None, "idle minutes of what no point reaches")
    weekly = [slot % 7 for slot in range(10 * simple.WEEK_SLOTS)]
    idle = simple.idle_minutes_of_week([weekly[slot % simple.WEEK_SLOTS] for slot in range(len(weekly))],
                                       9 * simple.WEEK_SLOTS, 0.05, (0,))
    expect(idle == 0, f"weeks that are alike leave {idle} idle minutes")


def check_sessions():
    expect(list(runs([0, 1800, 3601])) == [(0, 3600), (3601, 5401)], "runs of events")
    trace = SessionTrace("", "UTC", "1970-01-01", "1970-01-01", "1970-01-02", "")
    sessions = [(-10, 1800), (5400, 9000), (86000, 90000)]
    expect(demand.arrivals(trace, sessions, 3600)[:3] == [0, 1, 0], "arrivals")
    present = demand.present(trace, sessions)
    expect(present[:3] == [0.5, 0.5, 0.5] and close(sum(present), 1.5 + 400 / 3600), f"users at once {present}")


def check_compare():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "forecasts.csv")
        with open(path, "w", encoding="utf-8") as file:
            file.write(",".join(("series", "origin", "ts", *simple.COLUMNS)) + "\n")
            for hour in (2, 3):
                file.write(",".join(("a", "3600", str(3600 * hour), *["4"] * len(simple.COLUMNS))) + "\n")
        amounts = {"a": {"": {0: 8.0, 2: 4.0}}, "b": {"": {}}}
        compared = list(simple.compare(path, lambda line: (line["series"], ""), amounts))
    expect([series for series, _, _ in compared] == ["a"], "a series without forecasts was scored")
    _, ours, rules = compared[0]
    expect(ours[LOSS] == 0 and close(rules["last week"][LOSS], 1.0), f"{ours}, {rules}")


def check_aims():
    def met(*score, trace=""):
        return Score(trace, *score).aim()[1]
    expect(met("", LOG_LOSS, 0.9, "", 1.0) and not met("", LOG_LOSS, 1.1, "", 1.0), "a smaller loss is better")
    expect(met("", TOP_1, 0.9, "", 0.8) and not met("", TOP_1, 0.7, "", 0.8), "more right guesses are better")
    expect(not met("connect known users: x", LOG_LOSS, 0.98, "", 1.0, trace="radoslaw"), "an aim of a trace's own")
    expect(not met("places, 24 h ahead", TOP_1, 0.82, "", 0.8), "so many points above")
    expect(met("connects an hour", COVERAGE_95, 0.95) and not met("connects an hour", COVERAGE_95, 0.98), "a range")
    expect(met(NEXT_FORECAST, SECONDS, 0.9) and not met(NEXT_FORECAST, SECONDS, 1.1), "a limit")
    expect(met("", LOG_LOSS, 0.9) is None, "an aim without a baseline")
    expect(best(LOG_LOSS, {"a": 2, "b": 1, "c": None}) == ("b", 1), "the best loss")
    expect(best(TOP_1, {"a": 2, "b": 1}) == ("a", 2) and best(TOP_1, {}) == ("-", None), "the best share")


check_loss()
check_rules()
check_pool()
check_sessions()
check_compare()
check_aims()
