-- Which sessions wait for a lock of session %(holder)s, and what for?
-- Whoever only watches what is recorded is no sign that the service was held up.
SELECT pid, left(regexp_replace(query, '\s+', ' ', 'g'), 80)
FROM pg_stat_activity
WHERE %(holder)s = ANY (pg_blocking_pids(pid))
  AND application_name <> 'twiceshy watching'
ORDER BY pid
