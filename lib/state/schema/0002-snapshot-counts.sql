-- Counting 100,000 snapshots on every 'status' is slow, so the number per user is kept as they come and go.

CREATE TABLE snapshot_counts (
  user TEXT PRIMARY KEY REFERENCES users (name),
  snapshots INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO snapshot_counts SELECT user, count(*) FROM snapshots GROUP BY user;

CREATE TRIGGER snapshots_counted AFTER INSERT ON snapshots BEGIN
  INSERT INTO snapshot_counts VALUES (NEW.user, 1)
    ON CONFLICT (user) DO UPDATE SET snapshots = snapshots + 1;
END;
CREATE TRIGGER snapshots_uncounted AFTER DELETE ON snapshots BEGIN
  UPDATE snapshot_counts SET snapshots = snapshots - 1 WHERE user = OLD.user;
END;

-- Measured durations per kind, newest first, for the pools' plans.
CREATE INDEX operations_done ON operations (kind, changed_at DESC) WHERE state = 'done';
