-- 'scale run' asks of every desktop in use when it was resized last.
CREATE INDEX operations_resizes ON operations (instance, changed_at)
  WHERE kind IN ('inflate', 'deflate') AND state = 'done';
