-- Which indexes do these tables have, how large are they, and can each be used?
-- Parameter: the tables.
SELECT
    i.indrelid,
    c.relname,
    pg_get_indexdef(i.indexrelid),
    c.relpages::bigint * current_setting('block_size')::bigint,
    i.indisvalid
FROM pg_index AS i
JOIN pg_class AS c ON c.oid = i.indexrelid
WHERE i.indrelid = ANY (%(tables)s::oid[])
ORDER BY c.relname
