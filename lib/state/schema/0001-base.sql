-- Times are nanoseconds since 1970-01-01T00:00:00Z, sizes are bytes. Rows of the past (reclaimed instances,
-- finished operations) stay as history, so indexes for the present leave them out.

CREATE TABLE users (
  name TEXT PRIMARY KEY,
  first_seen INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE hosts (
  name TEXT PRIMARY KEY,
  uri TEXT NOT NULL,
  reachable INTEGER NOT NULL,
  accelerator TEXT NOT NULL,
  detail TEXT NOT NULL,
  probed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE pools (
  name TEXT PRIMARY KEY,
  generation INTEGER NOT NULL DEFAULT 0,
  applied_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE instances (
  name TEXT PRIMARY KEY,
  pool TEXT NOT NULL REFERENCES pools (name),
  host TEXT NOT NULL,
  image TEXT NOT NULL,
  state TEXT NOT NULL,
  user TEXT REFERENCES users (name),
  vcpus INTEGER NOT NULL,
  memory_bytes INTEGER NOT NULL,
  snapshot TEXT,
  created_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  CONSTRAINT persona_needs_user CHECK (
    user IS NOT NULL
    OR state NOT IN ('stitching', 'persona-applied-available', 'connected', 'disconnected', 'migrating'))
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX instances_one_per_user ON instances (user)
  WHERE state IN ('stitching', 'persona-applied-available', 'connected', 'disconnected', 'migrating');
CREATE INDEX instances_live ON instances (pool, state, created_at) WHERE state <> 'reclaimed';
CREATE INDEX instances_user ON instances (user);

-- A pool's generation counts the changes of its instances. Nothing reads it any more: plans are held against what
-- they would do by now.
CREATE TRIGGER instances_created AFTER INSERT ON instances BEGIN
  UPDATE pools SET generation = generation + 1 WHERE name = NEW.pool;
END;
CREATE TRIGGER instances_moved AFTER UPDATE OF state ON instances BEGIN
  UPDATE pools SET generation = generation + 1 WHERE name = NEW.pool;
END;

CREATE TABLE instance_transitions (
  id INTEGER PRIMARY KEY,
  instance TEXT NOT NULL REFERENCES instances (name),
  from_state TEXT,
  to_state TEXT NOT NULL,
  cause TEXT NOT NULL,
  operation TEXT,
  at INTEGER NOT NULL
) STRICT;

CREATE INDEX instance_transitions_instance ON instance_transitions (instance);

CREATE TABLE snapshots (
  id TEXT PRIMARY KEY,
  user TEXT NOT NULL REFERENCES users (name),
  instance TEXT NOT NULL,
  host TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  layers TEXT NOT NULL,
  files INTEGER NOT NULL,
  size_bytes INTEGER NOT NULL,
  read_bytes INTEGER NOT NULL,
  added_bytes INTEGER NOT NULL,
  elapsed_ms INTEGER NOT NULL,
  skipped INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX snapshots_newest ON snapshots (created_at DESC, id);
CREATE INDEX snapshots_user_newest ON snapshots (user, created_at DESC, id);

CREATE TABLE operations (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  instance TEXT NOT NULL,
  user TEXT,
  parameters TEXT NOT NULL,
  state TEXT NOT NULL,
  owner_pid INTEGER NOT NULL,
  owner_start_ticks INTEGER NOT NULL,
  owner_boot_id TEXT NOT NULL,
  error TEXT,
  started_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX operations_running ON operations (started_at) WHERE state = 'running';
CREATE INDEX operations_newest ON operations (started_at DESC);

CREATE TABLE operation_steps (
  id INTEGER PRIMARY KEY,
  operation TEXT NOT NULL REFERENCES operations (id),
  name TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  finished_at INTEGER,
  UNIQUE (operation, name)
) STRICT;

CREATE TABLE leases (
  name TEXT PRIMARY KEY,
  pid INTEGER NOT NULL,
  start_ticks INTEGER NOT NULL,
  boot_id TEXT NOT NULL,
  purpose TEXT NOT NULL
) STRICT, WITHOUT ROWID;
