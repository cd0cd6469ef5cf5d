-- Which relations of users are there, where is each stored, and what is it a part of?
SELECT
    c.oid,
    n.nspname,
    c.relname,
    c.relkind,
    c.relfilenode,
    coalesce(i.indrelid, 0),
    coalesce(h.inhparent, 0),
    greatest(c.reltuples, 0)::bigint,
    c.relpages::bigint * 8192,
    CASE WHEN i.indisprimary THEN (
        SELECT string_agg(a.attname, chr(31) ORDER BY a.attnum)
        FROM pg_catalog.pg_attribute AS a
        WHERE a.attrelid = c.oid
    ) ELSE '' END
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_index AS i ON i.indexrelid = c.oid
LEFT JOIN pg_catalog.pg_inherits AS h ON h.inhrelid = c.oid AND c.relispartition
WHERE c.oid >= 16384
    AND c.relpersistence <> 't'
    AND c.relkind IN ('r', 'p', 'm', 'v', 'i', 'I', 'S', 'f')
    AND n.nspname <> 'information_schema'
    AND n.nspname NOT LIKE 'pg\_%'
