-- Which session that is not ours runs a statement or holds a transaction open right now?
-- Ours belong to the server's first superuser, whose number is 10 on every server.
SELECT string_agg(format('%s (%s)', left(query, 200), state), '; ')
FROM pg_stat_get_activity(NULL)
WHERE usesysid <> 10
  AND state <> 'idle'
  AND datid = (SELECT oid FROM pg_database WHERE datname = current_database())
