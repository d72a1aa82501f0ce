"""Who connects within the next quarter hour: each model that 'predict evaluate' says something of."""
import os

from .aims import CALIBRATION, LOG_LOSS, Score, best
from .tools import State

SIMPLE = ("constant", "everybody's hour of the week", "user's hour of the week")
# The one that says when a user comes: the others are well calibrated because they say little.
BASELINE = SIMPLE[-1]
COLUMNS = {LOG_LOSS: "log_loss", CALIBRATION: "calibration_error"}

REFEREES_KEYS = {LOG_LOSS: "logloss", CALIBRATION: "ece"}
REFEREES_GROUPS = {"known": ("known", "15min/known"), "new": ("cold_start", "15min/cold_start")}
REFEREES_SIMPLE = ("constant", "pool_hour_of_week", "user_hour_of_week")


def traces(bench):
    return bench.traces.sessions()


def scores(bench, trace):
    state = State(bench.deskloom, os.path.join(bench.folder, f"{trace.name}-state"), trace.zone)
    state.run("event", "import", "--type", "sessions", trace.file)
    scored = set(SIMPLE)
    # Each run writes down the forecasts of one model: the regression's, or the network's.
    for network in (None, *bench.networks(trace.name)):
        forecasts = os.path.join(bench.folder, f"{trace.name}-connects.csv")
        words = ("--network", network) if network else ()
        _, printed = state.run("predict", "evaluate", "--from", trace.begin, "--test-from", trace.test,
                               "--until", trace.end, "--forecasts", forecasts, *words)
        rows = printed["connects"]
        new = [row for row in rows if row["model"] not in scored]
        scored |= {row["model"] for row in new}
        if bench.knows(trace.name):
            yield from by_referee(bench, trace, forecasts, new)
        else:
            yield from beside_rules(trace, rows, new)


def beside_rules(trace, rows, new):
    for row in new:
        rule = next(other for other in rows if (other["model"], other["users"]) == (BASELINE, row["users"]))
        for measure, column in COLUMNS.items():
            yield Score(trace.name, name_of(row), measure, row[column], BASELINE, rule[column])


def by_referee(bench, trace, forecasts, new):
    """Beside the rule, and beside the best of what it has learnt itself."""
    ours = bench.referee.scores(trace.name, "connect", forecasts)
    for row in new:
        group, key = REFEREES_GROUPS[row["users"]]
        baselines = bench.referees(trace.name)["connect"][key]
        learnt = [name for name in baselines if name not in REFEREES_SIMPLE]
        for names in (REFEREES_SIMPLE[-1:], learnt):
            for measure, of in REFEREES_KEYS.items():
                yield Score(trace.name, name_of(row), measure, ours[group][of],
                            *best(measure, {f"referee's {name}": baselines[name][of] for name in names}))


def name_of(row):
    return f"connect in 15 min, {row['users']} users: {row['model']}"
