"""The traces that forecasts are tried on: public ones that are there, and one that scripts/usage-trace generates.

Public traces are read as their collectors publish them, in a folder that the caller names. A session is a run of one
user's events with gaps of at most half an hour, and ends half an hour after the last.
"""
import csv
import datetime
import gzip
import lzma
import os
import re
import sys
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from .tools import output_of

GENERATED = "generated"
GAP_S = 1800
HOUR_S, DAY_S = 3600, 86400
# name: file, zone, first day, first day of the test, end
SESSIONS = {
    "radoslaw": ("radoslaw_events.csv.gz", "Europe/Warsaw", "2010-01-04", "2010-07-19", "2010-09-27"),
    "sdscblue": ("sdscblue_events.csv.gz", "US/Pacific", "2001-01-01", "2002-07-01", "2002-12-16"),
    "curie": ("curie_events.csv.gz", "Europe/Paris", "2012-02-06", "2012-08-06", "2012-10-15"),
}
RESOURCES = {"bitbrains": ("bitbrains_rnd_hourly.csv.xz", "Europe/Amsterdam", 1378764000)}
RESOURCE_METRICS = ("cpu_pct_mean", "cpu_pct_max", "mem_mb_mean", "disk_rd_kbs", "disk_wr_kbs", "net_rx_kbs",
                    "net_tx_kbs")
RESOURCE_DAYS = 21  # at the end, each foretold from its midnight
PLACES = {"studentlife": ("studentlife_cells.csv.gz", "US/Eastern", "2013-05-13")}
WORST_ACCURACY_M = 500
PUBLIC = {name: file for group in (SESSIONS, RESOURCES, PLACES) for name, (file, *_) in group.items()}
GENERATED_ZONE, GENERATED_SPAN = "Europe/Warsaw", ("2026-01-05", "2026-04-06", "2026-05-05")
GENERATED_METRICS = ("cpu", "memory", "gpu", "network", "storage")
USAGE_TRACE = os.path.join(os.path.dirname(__file__), "..", "..", "..", "scripts", "usage-trace")


@dataclass(frozen=True)
class SessionTrace:
    name: str
    zone: str
    begin: str  # local dates
    test: str
    end: str
    file: str   # user,department,start,end
    holidays: str = "-"  # a file of local dates

    def time_s(self, date):
        return midnight_s(date, self.zone)


@dataclass(frozen=True)
class ResourceTrace:
    name: str
    zone: str
    origin_s: int  # of the first day that is foretold
    file: str      # entity, ts, metrics


@dataclass(frozen=True)
class PlaceTrace:
    name: str
    zone: str
    test_s: int
    file: str  # user,at,place


class Traces:
    """folder: the public ones', or None. Written into work when they are first asked for."""

    def __init__(self, folder, work):
        self.folder, self.work = folder, work

    def path_of(self, name, file):
        """Where a public trace is; None when it is not there."""
        path = os.path.join(self.folder, file) if self.folder else ""
        if self.folder and not os.path.exists(path):
            print(f"{name}: no {path}", file=sys.stderr)
        return path if os.path.exists(path) else None

    def sessions(self):
        for name, (file, zone, *span) in SESSIONS.items():
            if path := self.path_of(name, file):
                trace = SessionTrace(name, zone, *span, self.written(f"{name}-sessions.csv"))
                once(trace.file, lambda out: write_sessions(path, out, trace.time_s(trace.begin),
                                                            trace.time_s(trace.end)))
                yield trace
        generated = self.generated()
        trace = SessionTrace(GENERATED, GENERATED_ZONE, *GENERATED_SPAN, self.written("generated-sessions.csv"),
                             self.written("generated-holidays"))
        once(trace.file, lambda out: write_generated_sessions(generated, out))
        once(trace.holidays, lambda out: write_holidays(generated, out))
        yield trace

    def resources(self):
        for name, (file, zone, origin_s) in RESOURCES.items():
            if path := self.path_of(name, file):
                trace = ResourceTrace(name, zone, origin_s, self.written(f"{name}-hours.csv"))
                once(trace.file, lambda out: write_columns(path, out, ("vm", "ts", *RESOURCE_METRICS)))
                yield trace
        generated = self.generated()
        origin_s = midnight_s(GENERATED_SPAN[-1], GENERATED_ZONE) - RESOURCE_DAYS * DAY_S
        trace = ResourceTrace(GENERATED, GENERATED_ZONE, origin_s, self.written("generated-hours.csv"))
        once(trace.file, lambda out: write_hourly_means(os.path.join(generated, "samples.csv"), out))
        yield trace

    def places(self):
        for name, (file, zone, test) in PLACES.items():
            if path := self.path_of(name, file):
                trace = PlaceTrace(name, zone, midnight_s(test, zone), self.written(f"{name}-fixes.csv"))
                once(trace.file, lambda out: write_columns(path, out, ("entity", "ts", "cell"), is_accurate))
                yield trace
        yield PlaceTrace(GENERATED, GENERATED_ZONE, midnight_s(GENERATED_SPAN[1], GENERATED_ZONE),
                         os.path.join(self.generated(), "locations.csv"))

    def generated(self):
        folder = self.written("generated")
        if not os.path.exists(folder):
            output_of([USAGE_TRACE, folder])
        return folder

    def written(self, name):
        return os.path.join(self.work, name)


def midnight_s(date, zone):
    return int(datetime.datetime.fromisoformat(date).replace(tzinfo=ZoneInfo(zone)).timestamp())


def opened(path):
    return {".gz": gzip.open, ".xz": lzma.open}[os.path.splitext(path)[1]](path, "rt", newline="")


def once(path, write):
    if not os.path.exists(path):
        with open(path, "w", encoding="utf-8", newline="") as file:
            write(csv.writer(file, lineterminator="\n"))


def write_sessions(path, out, begin_s, end_s):
    times = {}
    with opened(path) as file:
        for line in csv.DictReader(file):
            if int(line["ts"]) < end_s:
                times.setdefault(line["entity"], set()).add(int(line["ts"]))
    out.writerow(("user", "department", "start", "end"))
    for user, of_user in times.items():
        out.writerows((user, "", start, end) for start, end in runs(sorted(of_user)) if end > begin_s)


def runs(times):
    start = last = times[0]
    for time in times:
        if time - last > GAP_S:
            yield start, last + GAP_S
            start = time
        last = time
    yield start, last + GAP_S


def read_sessions(trace):
    """(start, end) of everybody, in the order of the file."""
    with open(trace.file, encoding="utf-8", newline="") as file:
        return [(int(line["start"]), int(line["end"])) for line in csv.DictReader(file)]


def write_generated_sessions(folder, out):
    with open(os.path.join(folder, "sessions.csv"), encoding="utf-8", newline="") as file:
        out.writerow(("user", "department", "start", "end"))
        out.writerows((line["user"], "", line["start"], line["end"]) for line in csv.DictReader(file))


def write_holidays(folder, out):
    with open(os.path.join(folder, "holidays.ics"), encoding="utf-8") as file:
        days = re.findall(r"^DTSTART;VALUE=DATE:(\d{4})(\d\d)(\d\d)", file.read(), re.MULTILINE)
    out.writerows(("-".join(day),) for day in days)


def write_columns(path, out, columns, is_wanted=lambda line: True):
    with opened(path) as file:
        out.writerow(columns)
        out.writerows([line[column] for column in columns] for line in csv.DictReader(file) if is_wanted(line))


def is_accurate(line):
    return int(line["acc_m"]) <= WORST_ACCURACY_M


def write_hourly_means(path, out):
    """Of the hours in which a user's desktop ran; samples lie in the order of user and time."""
    out.writerow(("user", "ts", *GENERATED_METRICS))
    with open(path, encoding="utf-8", newline="") as file:
        hour, samples = None, []
        for line in csv.DictReader(file):
            at = line["user"], int(line["at"]) // HOUR_S * HOUR_S
            if at != hour and samples:
                out.writerow((*hour, *means(samples)))
                samples = []
            hour = at
            samples.append([float(line[metric]) for metric in GENERATED_METRICS])
        out.writerow((*hour, *means(samples)))


def means(samples):
    return [f"{sum(column) / len(samples):.6g}" for column in zip(*samples)]
