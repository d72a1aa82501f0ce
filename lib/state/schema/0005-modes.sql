-- What users were at, as they or an administrator said: one mode at a time. Those that are over stay, to be learnt from.

CREATE TABLE modes (
  id INTEGER PRIMARY KEY,
  user TEXT NOT NULL REFERENCES users (name),
  name TEXT NOT NULL,  -- as policy describes it
  from_at INTEGER NOT NULL,
  until_at INTEGER NOT NULL CHECK (until_at >= from_at),
  set_by TEXT NOT NULL
) STRICT;

CREATE INDEX modes_by_user ON modes (user, until_at);
