-- What was learnt and foretold. It can be made anew from the record of use; that is why it is a file of its
-- own. Times are seconds since 1970-01-01T00:00:00Z. BLOBs: see formats(7).

CREATE TABLE IF NOT EXISTS models (
  name TEXT PRIMARY KEY,  -- its file is models/NAME.safetensors beside this one
  kind TEXT NOT NULL,     -- "regression", "lstm", "transformer"
  made_at INTEGER NOT NULL,
  learnt_from INTEGER NOT NULL,
  learnt_until INTEGER NOT NULL,
  users INTEGER NOT NULL,
  log_loss REAL,  -- on what it had not learnt from; NULL: not scored
  brier REAL,
  calibration_error REAL
) STRICT;

-- Who came into force when; the last is. NULL: none, forecasts are made of habits alone.
CREATE TABLE IF NOT EXISTS promotions (
  number INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  model TEXT,
  why TEXT NOT NULL
) STRICT;

-- What users do in each quarter hour of the week, from the weeks before counted.until.
CREATE TABLE IF NOT EXISTS habits (
  user TEXT PRIMARY KEY,
  counts BLOB NOT NULL,
  sessions BLOB NOT NULL,  -- those of the last weeks, and as many as a network reads
  open_since INTEGER,      -- in session at counted.until
  left_out INTEGER NOT NULL,  -- sessions before those
  since INTEGER NOT NULL      -- when the very first began; 0: there is none
) STRICT, WITHOUT ROWID;

-- What a network has made of users' past sessions: kept until another one ends.
CREATE TABLE IF NOT EXISTS network_states (
  user TEXT PRIMARY KEY,
  model TEXT NOT NULL,
  sessions INTEGER NOT NULL,  -- that had ended
  until INTEGER NOT NULL,     -- when the last of them ended
  state BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS counted (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  until INTEGER NOT NULL,
  late INTEGER NOT NULL,  -- the last of the record's late imports that is in
  weeks REAL NOT NULL,    -- that were counted, faded as counts are
  all_counts BLOB NOT NULL
) STRICT;

-- What was asked of each pool in each hour before counted.until: sessions that began, users at once in the mean.
CREATE TABLE IF NOT EXISTS pool_hours (
  pool TEXT PRIMARY KEY,
  users TEXT NOT NULL,          -- policy's patterns, by which they were counted
  first_hour INTEGER NOT NULL,  -- since 1970
  arrivals BLOB NOT NULL,
  concurrent BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- The newest forecast.
CREATE TABLE IF NOT EXISTS forecasts (
  user TEXT PRIMARY KEY,
  content BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS forecast_of (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  made_at INTEGER NOT NULL,
  origin INTEGER NOT NULL,  -- where the first slot begins
  slots INTEGER NOT NULL,
  model TEXT                -- NULL: habits
) STRICT;

-- The newest forecast of what desktops use. Made anew when the hour has turned.
CREATE TABLE IF NOT EXISTS resources (
  user TEXT PRIMARY KEY,
  content BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS resources_of (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  hour INTEGER NOT NULL,  -- the first, in hours since 1970
  hours INTEGER NOT NULL,
  model TEXT
) STRICT;

-- Names that stand in BLOBs as numbers, from 0 on.
CREATE TABLE IF NOT EXISTS applications (
  number INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
) STRICT;

-- Which applications users use, from their launches before application_counts_of.until.
CREATE TABLE IF NOT EXISTS application_counts (
  user TEXT PRIMARY KEY,
  content BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS application_counts_of (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  begun INTEGER NOT NULL,  -- when they were last counted from the beginning
  until INTEGER NOT NULL,
  first INTEGER,           -- launch of the record then
  late INTEGER NOT NULL    -- the last of the record's late imports that is in
) STRICT;

-- The newest forecast of what next sessions use, and of where users are; of each, made anew when the hour has
-- turned.
CREATE TABLE IF NOT EXISTS application_forecasts (
  user TEXT PRIMARY KEY,
  content BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS application_forecasts_of (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  hour INTEGER NOT NULL,
  hours INTEGER NOT NULL,
  model TEXT
) STRICT;

CREATE TABLE IF NOT EXISTS place_forecasts (
  user TEXT PRIMARY KEY,  -- only of who agreed to it
  content BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS place_forecasts_of (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  hour INTEGER NOT NULL,
  hours INTEGER NOT NULL,
  model TEXT
) STRICT;

-- The newest forecast of each pool.
CREATE TABLE IF NOT EXISTS pool_forecasts (
  pool TEXT PRIMARY KEY,
  first_hour INTEGER NOT NULL,
  arrivals BLOB NOT NULL,
  concurrent BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Forecasts that wait to be scored: for each slot, and each band of the horizon, one of those that were made.
CREATE TABLE IF NOT EXISTS pending (
  target INTEGER NOT NULL,  -- where the slot begins
  band INTEGER NOT NULL,
  made_at INTEGER NOT NULL,
  model TEXT NOT NULL,      -- '': habits alone
  content BLOB NOT NULL,
  PRIMARY KEY (target, band)
) STRICT;

CREATE TABLE IF NOT EXISTS pending_pools (
  hour INTEGER PRIMARY KEY,  -- since 1970
  made_at INTEGER NOT NULL,
  model TEXT NOT NULL,
  content BLOB NOT NULL
) STRICT;

-- How well it was foretold, by the day of the target: sums over slots.
CREATE TABLE IF NOT EXISTS feedback (
  model TEXT NOT NULL,  -- '': habits alone
  day INTEGER NOT NULL,  -- of the users' clock, since 1970
  question INTEGER NOT NULL,  -- 0: a session begins, 1: is in session
  band INTEGER NOT NULL,
  log_loss REAL NOT NULL,
  brier REAL NOT NULL,
  habit_log_loss REAL NOT NULL,
  bins BLOB NOT NULL,
  PRIMARY KEY (model, day, question, band)
) STRICT;

CREATE TABLE IF NOT EXISTS pool_feedback (
  model TEXT NOT NULL,
  day INTEGER NOT NULL,
  pool TEXT NOT NULL,
  hours INTEGER NOT NULL,
  arrivals_within INTEGER NOT NULL,    -- hours in which the 0.95 quantile held
  concurrent_within INTEGER NOT NULL,
  arrivals REAL NOT NULL,              -- sums of what came
  concurrent REAL NOT NULL,
  arrivals_loss REAL NOT NULL,         -- sums of pinball losses, the mean over the levels
  concurrent_loss REAL NOT NULL,
  PRIMARY KEY (model, day, pool)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS feedback_of (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  until INTEGER NOT NULL,  -- what ended by it was scored
  late INTEGER NOT NULL    -- the last of the record's late imports that is in
) STRICT;

-- Log losses of connects in each model's test, by band; a mean over slots.
CREATE TABLE IF NOT EXISTS promises (
  model TEXT NOT NULL,
  band INTEGER NOT NULL,
  log_loss REAL NOT NULL,
  habit_log_loss REAL NOT NULL,
  PRIMARY KEY (model, band)
) STRICT, WITHOUT ROWID;
