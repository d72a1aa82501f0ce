-- What forecasts of a user start from, and since when they agree that their calendar and locations are used.

ALTER TABLE users ADD COLUMN role TEXT;
ALTER TABLE users ADD COLUMN department TEXT;
ALTER TABLE users ADD COLUMN calendar_consent_at INTEGER;
ALTER TABLE users ADD COLUMN location_consent_at INTEGER;
