-- Volumes that instances read out of the snapshot store until their bytes are local.

CREATE TABLE volumes (
  instance TEXT PRIMARY KEY REFERENCES instances (name),
  snapshot TEXT NOT NULL,  -- whose layer "volume" it is; kept until it is local
  size_bytes INTEGER NOT NULL,
  attached_at INTEGER NOT NULL,
  local_at INTEGER  -- when nothing was read from the store any more
) STRICT, WITHOUT ROWID;

CREATE TRIGGER volumes_gone AFTER UPDATE OF state ON instances WHEN NEW.state = 'reclaimed' BEGIN
  DELETE FROM volumes WHERE instance = NEW.name;
END;
