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

-- The newest forecast of each pool.
CREATE TABLE IF NOT EXISTS pool_forecasts (
  pool TEXT PRIMARY KEY,
  first_hour INTEGER NOT NULL,
  arrivals BLOB NOT NULL,
  concurrent BLOB NOT NULL
) STRICT, WITHOUT ROWID;
