-- Which sequences are there? (Those of sessions, temporary ones, left out.)
SELECT s.seqrelid::bigint, n.nspname, c.relname
FROM pg_sequence AS s
JOIN pg_class AS c ON c.oid = s.seqrelid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relpersistence <> 't'
ORDER BY 1
