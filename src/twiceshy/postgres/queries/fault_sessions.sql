-- Which sessions of the service are there in this database?
-- Ours belong to the server's first superuser, whose number is 10 on every server.
SELECT pid
FROM pg_stat_get_activity(NULL)
WHERE usesysid <> 10
  AND pid <> pg_backend_pid()
  AND datid = (SELECT oid FROM pg_database WHERE datname = current_database())
ORDER BY pid
