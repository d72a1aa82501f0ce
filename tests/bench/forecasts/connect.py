"""Who connects within the next quarter hour: each model that 'predict evaluate' says something of."""
import os

from compare.process import measure

from .aims import CALIBRATION, LOG_LOSS, SECONDS, TRAIN_NETWORK, WARM_10, Score, best
from .tools import State

SIMPLE = ("constant", "everybody's hour of the week", "user's hour of the week")
# The one that says when a user comes: the others are well calibrated because they say little.
BASELINE = SIMPLE[-1]
COLUMNS = {LOG_LOSS: "log_loss", CALIBRATION: "calibration_error"}

REFEREES_KEYS = {LOG_LOSS: "logloss", CALIBRATION: "ece"}
REFEREES_GROUPS = {"known": ("known", "15min/known"), "new": ("cold_start", "15min/cold_start")}
REFEREES_POLICIES = ("keepalive", "slot:user_hour_of_week", "slot:logit")
REFEREES_SIMPLE = ("constant", "pool_hour_of_week", "user_hour_of_week")


def traces(bench):
    return bench.traces.sessions()


def scores(bench, trace):
    state = State(bench.deskloom, os.path.join(bench.folder, f"{trace.name}-state"), trace.zone)
    state.run("event", "import", "--type", "sessions", trace.file)
    scored = set(SIMPLE)
    networks = list(bench.networks(trace.name))
    if not networks and (trainer := bench.trainer()):
        networks.append(os.path.join(bench.folder, f"{trace.name}-network.safetensors"))
        cost = train(trainer, state, trace, networks[0])
        yield Score(trace.name, TRAIN_NETWORK, SECONDS, cost.seconds)
    # Each run writes down the forecasts of one model: the regression's, or the network's.
    for network in (None, *networks):
        forecasts = os.path.join(bench.folder, f"{trace.name}-connects.csv")
        words = ("--network", network) if network else ()
        _, printed = state.run("predict", "evaluate", "--task", "connects", "--from", trace.begin,
                               "--test-from", trace.test, "--until", trace.end, "--forecasts", forecasts, *words)
        rows = printed["connects"]
        new = [row for row in rows if row["model"] not in scored]
        scored |= {row["model"] for row in new}
        if bench.knows(trace.name):
            yield from by_referee(bench, trace, forecasts, new)
        else:
            yield from beside_rules(trace, rows, new)


def train(trainer, state, trace, file):
    """A network, of what was before the test."""
    return measure([trainer, "--config", state.policy, "--state-dir", state.directory, "--from", trace.begin, "--until",
                    trace.test, "--output", file, "--quiet"], state.folder, dict(os.environ, HOME=state.folder))


def beside_rules(trace, rows, new):
    for row in new:
        rule = next(other for other in rows if (other["model"], other["users"]) == (BASELINE, row["users"]))
        for what, column in COLUMNS.items():
            yield Score(trace.name, name_of(row), what, row[column], BASELINE, rule[column])


def by_referee(bench, trace, forecasts, new):
    """Beside the rule, and beside the best of what it has learnt itself."""
    ours = bench.referee.scores(trace.name, "connect", forecasts)
    for row in new:
        group, key = REFEREES_GROUPS[row["users"]]
        baselines = bench.referees(trace.name)["connect"][key]
        learnt = [name for name in baselines if name not in REFEREES_SIMPLE]
        for names in (REFEREES_SIMPLE[-1:], learnt):
            for what, of in REFEREES_KEYS.items():
                yield Score(trace.name, name_of(row), what, ours[group][of],
                            *best(what, {f"referee's {name}": baselines[name][of] for name in names}))
    # A desktop of each user's own is kept warm while they seem to come: of all users together.
    policies = bench.referees(trace.name)["policy"]
    idle = {f"referee's {name}": policies[name]["idle_at"]["0.1"] for name in REFEREES_POLICIES}
    yield Score(trace.name, f"connect in 15 min, all users: {new[0]['model']}", WARM_10,
                ours["policy"]["idle_at"]["0.1"], *best(WARM_10, idle))


def name_of(row):
    return f"connect in 15 min, {row['users']} users: {row['model']}"
