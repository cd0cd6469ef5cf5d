-- Tables that are UNLOGGED; each before those that it references, which must be logged while it is.
WITH RECURSIVE depths AS (
  SELECT c.oid, 0 AS depth
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind = 'r' AND c.relpersistence = 'u' AND n.nspname NOT LIKE 'pg\_%'
  UNION
  SELECT k.confrelid, d.depth + 1
  FROM depths d JOIN pg_constraint k ON k.conrelid = d.oid AND k.contype = 'f'
  WHERE k.confrelid <> k.conrelid AND d.depth < 50
)
SELECT format('%I.%I', n.nspname, c.relname)
FROM depths d JOIN pg_class c ON c.oid = d.oid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relpersistence = 'u'
GROUP BY c.oid, n.nspname, c.relname
ORDER BY max(d.depth), 1
