-- By what users were last seen to be at their desktops, and what rules of scaling ask of pools.

CREATE TABLE presence_signs (
  instance TEXT PRIMARY KEY REFERENCES instances (name),
  sign TEXT NOT NULL,  -- "display", "login"
  seen_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TRIGGER signs_forgotten AFTER UPDATE OF state ON instances WHEN NEW.state = 'reclaimed' BEGIN
  DELETE FROM presence_signs WHERE instance = NEW.name;
END;

ALTER TABLE pools ADD COLUMN extra INTEGER NOT NULL DEFAULT 0;  -- ghosts beyond what is planned
ALTER TABLE pools ADD COLUMN extra_since INTEGER;

CREATE INDEX transitions_by_time ON instance_transitions (at);
