-- Who uses which application on which instance, as which application persona says. Those that ended stay, to be counted.

CREATE TABLE app_sessions (
  id INTEGER PRIMARY KEY,
  user TEXT NOT NULL REFERENCES users (name),
  app TEXT NOT NULL,
  persona TEXT,   -- its id; NULL: the default profile
  document TEXT,  -- the persona as it was then
  reason TEXT NOT NULL,
  instance TEXT NOT NULL REFERENCES instances (name),
  is_borrowed INTEGER NOT NULL,  -- the user had the instance before
  state TEXT NOT NULL,
  error TEXT,
  began_at INTEGER NOT NULL,
  ended_at INTEGER
) STRICT;

CREATE UNIQUE INDEX app_sessions_open ON app_sessions (user, app) WHERE ended_at IS NULL;
CREATE INDEX app_sessions_by_instance ON app_sessions (instance) WHERE ended_at IS NULL;
CREATE INDEX app_sessions_by_persona ON app_sessions (persona, began_at);

-- What a session's application is made of, beside the instance of its user.
CREATE TABLE app_parts (
  session INTEGER NOT NULL REFERENCES app_sessions (id),
  component TEXT NOT NULL,
  host TEXT NOT NULL,
  instance TEXT REFERENCES instances (name),  -- NULL: none is made yet
  address TEXT NOT NULL DEFAULT '',           -- 'host': on its host's network; '': nowhere
  health TEXT NOT NULL DEFAULT 'unknown',
  restarts INTEGER NOT NULL DEFAULT 0,
  restarts_since_well INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (session, component)
) STRICT, WITHOUT ROWID;

CREATE INDEX app_parts_by_instance ON app_parts (instance);
