"""Rules that anybody could write down, to compare forecasts with where no referee has better ones; and the loss of
forecasts in quantiles.

An hour's amount is foretold by the quantiles of amounts of the past that are thought to be like it. Times are hours
since 1970; values maps those that were seen to amounts.
"""
import csv

from .aims import COVERAGE_95, LOSS, LOSS_95

LEVELS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99)
OURS = ""
COLUMNS = tuple(f"q{level:g}" for level in LEVELS)
DECILES = 9
HOUR_S, DAY_H, WEEK_H = 3600, 24, 168
DAYS, WEEKS = 14, 8
NEAR = (-1, 0, 1)  # hours, or quarter hours, that are alike
STEP_H = 12  # between the errors of the past that a rule looks at


class Loss:
    """Twice the pinball loss over the sum of the amounts, which is above 0: of the nine deciles, and of 0.95."""

    def __init__(self):
        self.by_level, self.amounts = [0.0] * len(LEVELS), 0.0
        self.count = self.below_95 = 0

    def add(self, quantiles, actual):
        for number, (level, quantile) in enumerate(zip(LEVELS, quantiles)):
            error = actual - quantile
            self.by_level[number] += level * error if error > 0 else (level - 1) * error
        self.amounts += abs(actual)
        self.count += 1
        self.below_95 += actual <= quantiles[LEVELS.index(0.95)]

    def scores(self):
        return {LOSS: 2 * sum(self.by_level[:DECILES]) / DECILES / self.amounts,
                LOSS_95: 2 * self.by_level[LEVELS.index(0.95)] / self.amounts,
                COVERAGE_95: self.below_95 / self.count}


def like_hour_of_week(values, origin, hour, near=(0,)):
    return seen(values, origin, (hour - WEEK_H * weeks + by for weeks in range(1, WEEKS + 1) for by in near))


def like_hours_of_week(values, origin, hour):
    return like_hour_of_week(values, origin, hour, NEAR)


def like_hours_of_day(values, origin, hour):
    return seen(values, origin, (hour - DAY_H * days + by for days in range(1, DAYS + 1) for by in NEAR))


def like_last_week(values, origin, _hour):
    return seen(values, origin, range(origin - WEEK_H, origin))


def like_last_value(values, origin, hour):
    """And as far from it as amounts so much later were from theirs."""
    last = next((at for at in range(origin - 1, origin - 1 - WEEK_H, -1) if at in values), None)
    if last is None:
        return []
    ahead = hour - last
    errors = (values[at + ahead] - values[at] for at in range(last - STEP_H, last - DAYS * DAY_H, -STEP_H)
              if at in values and at + ahead in values and at + ahead < origin)
    return [max(0.0, values[last] + error) for error in errors]


RULES = {"hour of the week": like_hour_of_week, "hours of the week": like_hours_of_week,
         "hours of the day": like_hours_of_day, "last week": like_last_week, "last value": like_last_value}


def seen(values, origin, hours):
    return [values[hour] for hour in hours if hour < origin and hour in values]


def quantiles_of(samples, levels):
    """Linear between the sorted samples; 0 without any."""
    if not samples:
        return [0.0] * len(levels)
    ordered = sorted(samples)
    found = []
    for level in levels:
        at = level * (len(ordered) - 1)
        below = int(at)
        above = min(below + 1, len(ordered) - 1)
        found.append(ordered[below] + (at - below) * (ordered[above] - ordered[below]))
    return found


def compare(path, series_of, amounts):
    """Scores a file of forecasts beside the rules: (series, our scores, {rule: scores}) of each.

    series_of: a line's series and entity; amounts: {series: {entity: values}}. Hours without an amount are left out.
    """
    losses = {series: {OURS: Loss(), **{rule: Loss() for rule in RULES}} for series in amounts}
    with open(path, encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            series, entity = series_of(line)
            add(losses[series], line, amounts[series][entity])
    for series, of in losses.items():
        scores = {name: loss.scores() for name, loss in of.items() if loss.amounts > 0}
        if scores:
            yield series, scores.pop(OURS), scores


def add(losses, line, values):
    origin, hour = int(line["origin"]) // HOUR_S, int(line["ts"]) // HOUR_S
    if hour in values:
        losses[OURS].add([float(line[column]) for column in COLUMNS], values[hour])
        for rule, like in RULES.items():
            losses[rule].add(quantiles_of(like(values, origin, hour), LEVELS), values[hour])


SLOT_MINUTES, WEEK_SLOTS = 15, 672
POOL_RULES = {"hour of the week": (0,), "hours of the week": NEAR}
POOL_LEVELS = (0.3, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.93, 0.95, 0.98, 0.99, 1.0)


def idle_minutes_of_week(arrivals, first, unmet, near):
    """Of a shared pool that keeps a quantile of the last weeks' arrivals in the same quarter hours ready.

    arrivals of each quarter hour; first to be provided for; the share of arrivals that may find nothing ready.
    """
    past = [[arrivals[slot - WEEK_SLOTS * weeks + by] for weeks in range(1, WEEKS + 1) for by in near
             if slot - WEEK_SLOTS * weeks + by >= 0] for slot in range(first, len(arrivals))]
    ready = list(zip(*(quantiles_of(slot, POOL_LEVELS) for slot in past)))
    return idle_at([pool_cost(level, arrivals[first:]) for level in ready], unmet)


def pool_cost(ready, arrivals):
    """Idle minutes an arrival, share of arrivals that found nothing."""
    idle = sum(max(0.0, have - came) for have, came in zip(ready, arrivals))
    unmet = sum(max(0.0, came - have) for have, came in zip(ready, arrivals))
    return SLOT_MINUTES * idle / sum(arrivals), unmet / sum(arrivals)


def idle_at(points, unmet):
    """The idle minutes at that share, between the points on both sides of it linearly; None when all leave more."""
    met = [idle for idle, share in points if share <= unmet]
    if not met:
        return None
    costs = [min(met)]
    for idle, share in points:
        for more_idle, less in points:
            if less <= unmet < share:
                costs.append(idle + (more_idle - idle) * (share - unmet) / (share - less))
    return min(costs)
