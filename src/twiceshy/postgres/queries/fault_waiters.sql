-- Which sessions wait for a lock of session %(holder)s, and what for?
SELECT pid, left(regexp_replace(query, '\s+', ' ', 'g'), 80)
FROM pg_stat_activity
WHERE %(holder)s = ANY (pg_blocking_pids(pid))
ORDER BY pid
