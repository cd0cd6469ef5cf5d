-- What did the latest runs come to, the latest first?
SELECT
  run,
  min(at) AS at,
  count(*) AS guards,
  sum(verdict = 'recurs') AS recurs,
  sum(verdict = 'unknown') AS unknown,
  sum(seconds) AS seconds
FROM rehearsal
GROUP BY run
ORDER BY max(id) DESC
LIMIT :limit;
