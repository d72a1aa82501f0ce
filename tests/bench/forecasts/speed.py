"""What it costs to learn from many users, and to foretell a day of each."""
import os
import random
import statistics
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from compare.process import Failed

from .aims import CPU_SECONDS, NEXT_FORECAST, PEAK, SECONDS, Score
from .tools import State

RUNS = 5
WEEKS = 13
MONDAY = datetime(2026, 1, 5, tzinfo=timezone.utc)
# A working day's morning, when most is new: nothing later is known then, though it is recorded.
NOW = MONDAY + timedelta(weeks=WEEKS - 1, days=2, hours=9)
QUARTER_HOUR = timedelta(minutes=15)


@dataclass(frozen=True)
class ManyUsers:
    name: str
    users: int


def traces(bench):
    yield ManyUsers(f"{bench.users:,} users, {WEEKS} weeks", bench.users)


def scores(bench, trace):
    state = State(bench.deskloom, os.path.join(bench.folder, "many-users"), "UTC")
    sessions = os.path.join(bench.folder, "many-sessions.csv")
    write_sessions(sessions, trace.users)
    state.run("event", "import", "--type", "sessions", sessions)
    # The first one counts everybody's habits, which training would do otherwise.
    first = forecast(state, NOW - QUARTER_HOUR, trace.users)
    yield from costs(trace.name, "predict forecast, first", [first])
    train, learnt = state.run("predict", "train", "--until", NOW.isoformat())
    yield from costs(trace.name, "predict train", [train])
    state.run("predict", "promote", "--always", learnt["model"])
    later = [forecast(state, NOW + number * QUARTER_HOUR, trace.users) for number in range(RUNS)]
    yield from costs(trace.name, NEXT_FORECAST, later)


def forecast(state, now, users):
    usage, printed = state.run("predict", "forecast", "--at", now.isoformat())
    if printed["users"] < users:
        raise Failed(f"predict forecast foretold only {printed['users']} of {users} users")
    return usage


def costs(trace, command, usages):
    """The processor's seconds tell of a busy machine, on which the others say little."""
    yield Score(trace, command, SECONDS, statistics.median(usage.seconds for usage in usages))
    yield Score(trace, command, CPU_SECONDS, statistics.median(usage.cpu_seconds for usage in usages))
    yield Score(trace, command, PEAK, max(usage.peak_bytes for usage in usages) / 1e6)


def write_sessions(path, users):
    """Two sessions on most working days, at hours that are each user's own."""
    with open(path, "w", encoding="utf-8") as file:
        file.write("user,start,end\n")
        for number in range(users):
            dice = random.Random(number)
            hour, spread, presence = dice.gauss(8.5, 1), dice.uniform(0.1, 0.7), dice.uniform(0.7, 0.98)
            for day in range(7 * WEEKS):
                if day % 7 < 5 and dice.random() < presence:
                    at = MONDAY.timestamp() + 86400 * day + 3600 * (hour + dice.gauss(0, spread))
                    noon = at + dice.uniform(3, 4.5) * 3600
                    back = noon + dice.uniform(0.2, 1) * 3600
                    file.write(f"user{number:05},{at:.0f},{noon:.0f}\n"
                               f"user{number:05},{back:.0f},{back + dice.uniform(3, 5) * 3600:.0f}\n")
