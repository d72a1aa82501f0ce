-- What instances have, and between what it moves. Instances of before have what they were made with, for good.

ALTER TABLE instances ADD COLUMN network_bytes_s INTEGER NOT NULL DEFAULT 0;  -- 0: not limited
ALTER TABLE instances ADD COLUMN storage_bytes_s INTEGER NOT NULL DEFAULT 0;
ALTER TABLE instances ADD COLUMN gpus INTEGER NOT NULL DEFAULT 0;
ALTER TABLE instances ADD COLUMN minimal_vcpus INTEGER NOT NULL DEFAULT 0;
ALTER TABLE instances ADD COLUMN minimal_memory_bytes INTEGER NOT NULL DEFAULT 0;
ALTER TABLE instances ADD COLUMN minimal_network_bytes_s INTEGER NOT NULL DEFAULT 0;
ALTER TABLE instances ADD COLUMN minimal_storage_bytes_s INTEGER NOT NULL DEFAULT 0;
ALTER TABLE instances ADD COLUMN minimal_gpus INTEGER NOT NULL DEFAULT 0;
ALTER TABLE instances ADD COLUMN full_vcpus INTEGER NOT NULL DEFAULT 0;
ALTER TABLE instances ADD COLUMN full_memory_bytes INTEGER NOT NULL DEFAULT 0;
ALTER TABLE instances ADD COLUMN full_network_bytes_s INTEGER NOT NULL DEFAULT 0;
ALTER TABLE instances ADD COLUMN full_storage_bytes_s INTEGER NOT NULL DEFAULT 0;
ALTER TABLE instances ADD COLUMN full_gpus INTEGER NOT NULL DEFAULT 0;
ALTER TABLE instances ADD COLUMN power TEXT NOT NULL DEFAULT 'running';

UPDATE instances SET minimal_vcpus = vcpus, minimal_memory_bytes = memory_bytes,
  full_vcpus = vcpus, full_memory_bytes = memory_bytes;

-- How much a host has given away is summed at every inflation.
CREATE INDEX instances_by_host ON instances (host) WHERE state <> 'reclaimed';

-- Which instance has which GPU of a host's inventory: one at a time.
CREATE TABLE gpus (
  host TEXT NOT NULL,
  device TEXT NOT NULL,  -- as policy names it
  instance TEXT NOT NULL REFERENCES instances (name),
  PRIMARY KEY (host, device)
) STRICT, WITHOUT ROWID;

CREATE INDEX gpus_by_instance ON gpus (instance);

-- How long users waited from asking to a usable desktop.
CREATE TABLE waits (
  id INTEGER PRIMARY KEY,
  user TEXT NOT NULL REFERENCES users (name),
  instance TEXT NOT NULL REFERENCES instances (name),
  pool TEXT NOT NULL,
  action TEXT NOT NULL,  -- what the broker did: "inflated", "stitched"
  requested_at INTEGER NOT NULL,
  waited_ms INTEGER NOT NULL
) STRICT;

CREATE INDEX waits_by_pool ON waits (pool, requested_at);

CREATE TRIGGER gpus_given_back AFTER UPDATE OF state ON instances WHEN NEW.state = 'reclaimed' BEGIN
  DELETE FROM gpus WHERE instance = NEW.name;
END;
