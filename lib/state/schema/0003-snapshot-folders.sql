-- The parts of the snapshot store of which this store knows all snapshots (the first digits of their ids), as long
-- as they are as they were at changed_at.

CREATE TABLE snapshot_folders (
  name TEXT PRIMARY KEY,
  changed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TRIGGER snapshots_folder_unknown AFTER DELETE ON snapshots BEGIN
  DELETE FROM snapshot_folders WHERE name = substr(OLD.id, 1, length(name));
END;
