-- Who has asked for their shadow, and when, is asked of each of them.
CREATE INDEX waits_by_instance ON waits (instance, requested_at);
