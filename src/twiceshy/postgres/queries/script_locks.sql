-- Which relations of a database do these sessions hold locks on, and which of them waits at the gate?
-- Parameters: the sessions, the database.
SELECT l.pid, l.relation, l.mode, NULL
FROM pg_locks AS l
WHERE l.locktype = 'relation' AND l.granted AND l.pid = ANY ($1) AND l.database = $2
UNION ALL
SELECT s.pid, NULL, NULL, pg_current_wal_flush_lsn() - '0/0'
FROM unnest($1) AS watched (pid), pg_stat_get_activity(watched.pid) AS s
WHERE s.wait_event = 'SyncRep'
