-- Are all sessions that are not ours ended now? Each is waited for, up to five seconds.
-- Ours belong to the server's first superuser, whose number is 10 on every server.
SELECT coalesce(bool_and(pg_terminate_backend(pid, 5000)), true)
FROM pg_stat_get_activity(NULL)
WHERE usesysid <> 10
  AND datid = (SELECT oid FROM pg_database WHERE datname = current_database())
