-- What do the sessions of the script hold and ask for, who waits for a lock, and behind whom?
-- Parameter: the sessions of the script.
SELECT
    l.pid,
    l.locktype,
    l.relation,
    l.mode,
    l.granted,
    CASE WHEN NOT l.granted THEN pg_blocking_pids(l.pid) END
FROM pg_locks AS l
WHERE (NOT l.granted OR (l.pid = ANY ($1) AND l.locktype = 'relation'))
    AND (l.database IS NULL OR l.database = $2)
