-- How many sessions of this database wait for a lock right now?
-- Waiting for another one's transaction names no database.
SELECT count(DISTINCT pid)
FROM pg_locks
WHERE NOT granted
  AND coalesce(database, 0) IN (
    0, (SELECT oid FROM pg_database WHERE datname = current_database())
  )
