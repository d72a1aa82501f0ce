-- What is known of the use of desktops. Times are seconds since 1970-01-01T00:00:00Z; users, applications,
-- file types and places are numbers of the table names. Tables lie in the order of time: imports append, the
-- past is removed as a range, and training reads it all.

CREATE TABLE names (
  id INTEGER PRIMARY KEY,
  kind INTEGER NOT NULL,  -- 1 user, 2 application, 3 file type, 4 place (a salted token), 5 calendar
  name TEXT NOT NULL,
  UNIQUE (kind, name)
) STRICT;

CREATE TABLE connections (
  at INTEGER NOT NULL,
  user INTEGER NOT NULL,
  is_connect INTEGER NOT NULL,
  PRIMARY KEY (at, user, is_connect)
) STRICT, WITHOUT ROWID;

CREATE TABLE launches (
  at INTEGER NOT NULL,
  user INTEGER NOT NULL,
  application INTEGER NOT NULL,
  dwell_s INTEGER NOT NULL,  -- 0: not known
  PRIMARY KEY (at, user, application)
) STRICT, WITHOUT ROWID;

CREATE TABLE file_uses (
  at INTEGER NOT NULL,
  user INTEGER NOT NULL,
  type INTEGER NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (at, user, type)
) STRICT, WITHOUT ROWID;

CREATE TABLE visits (
  at INTEGER NOT NULL,
  user INTEGER NOT NULL,
  place INTEGER NOT NULL,
  PRIMARY KEY (at, user)
) STRICT, WITHOUT ROWID;

-- Columns as domain::Metric; NULL: not measured.
CREATE TABLE samples (
  at INTEGER NOT NULL,
  user INTEGER NOT NULL,
  cpu REAL, memory REAL, gpu REAL, network REAL, storage REAL, microphone REAL, camera REAL,
  PRIMARY KEY (at, user)
) STRICT, WITHOUT ROWID;

-- Samples of 300 and of 3600 seconds from at on: how many, and of each metric the mean and the largest.
CREATE TABLE five_minutes (
  at INTEGER NOT NULL,
  user INTEGER NOT NULL,
  samples INTEGER NOT NULL,
  cpu REAL, memory REAL, gpu REAL, network REAL, storage REAL, microphone REAL, camera REAL,
  cpu_max REAL, memory_max REAL, gpu_max REAL, network_max REAL, storage_max REAL, microphone_max REAL,
  camera_max REAL,
  PRIMARY KEY (at, user)
) STRICT, WITHOUT ROWID;

CREATE TABLE hours (
  at INTEGER NOT NULL,
  user INTEGER NOT NULL,
  samples INTEGER NOT NULL,
  cpu REAL, memory REAL, gpu REAL, network REAL, storage REAL, microphone REAL, camera REAL,
  cpu_max REAL, memory_max REAL, gpu_max REAL, network_max REAL, storage_max REAL, microphone_max REAL,
  camera_max REAL,
  PRIMARY KEY (at, user)
) STRICT, WITHOUT ROWID;

-- What calendars mark; user 0: everybody (holidays).
CREATE TABLE calendar_spans (
  user INTEGER NOT NULL,
  calendar INTEGER NOT NULL,
  begin INTEGER NOT NULL,
  end INTEGER NOT NULL,
  event INTEGER NOT NULL,  -- a salted token of the event's UID
  is_all_day INTEGER NOT NULL,
  is_free INTEGER NOT NULL,
  is_gone INTEGER NOT NULL,  -- only while the calendar is replaced
  PRIMARY KEY (user, calendar, begin, end, event)
) STRICT, WITHOUT ROWID;

-- Hours with samples that came since they were rolled up.
CREATE TABLE unrolled_hours (at INTEGER PRIMARY KEY) STRICT, WITHOUT ROWID;

-- What is older may have been removed: samples, five_minutes, and all else.
CREATE TABLE kept (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  samples_from INTEGER NOT NULL,
  five_minutes_from INTEGER NOT NULL,
  all_from INTEGER NOT NULL,
  salt TEXT NOT NULL,     -- of places and events
  snapshots_seen INTEGER  -- nanoseconds: what older ones say was collected
) STRICT;

-- Connections that were recorded a day or more after the newest then: since when they are.
CREATE TABLE late_imports (
  number INTEGER PRIMARY KEY,
  first INTEGER NOT NULL
) STRICT;

-- Of instances, when they were last read.
CREATE TABLE counters (
  instance TEXT PRIMARY KEY,
  at_ns INTEGER NOT NULL,
  cpu_ns INTEGER NOT NULL,
  network_bytes INTEGER NOT NULL,
  storage_bytes INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
