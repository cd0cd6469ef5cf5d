-- Which session that is not ours runs a statement or holds a transaction open right now?
SELECT string_agg(format('%s (%s)', left(query, 200), state), '; ')
FROM pg_stat_get_activity(NULL) AS activity
JOIN pg_database ON pg_database.oid = activity.datid
WHERE datname = current_database()
  AND application_name <> 'twiceshy'
  AND state <> 'idle'
