-- Which indexes do these tables have, how large are they, and can each be used?
-- Parameter: the tables. Written without pg_get_indexdef, which waits for locks on the table.
SELECT
    i.indrelid,
    c.relname,
    m.amname,
    i.indisunique,
    i.indisvalid,
    i.indpred IS NOT NULL,
    ARRAY(SELECT a.attname::text FROM pg_attribute AS a WHERE a.attrelid = c.oid ORDER BY a.attnum),
    c.relpages::bigint * current_setting('block_size')::bigint
FROM pg_index AS i
JOIN pg_class AS c ON c.oid = i.indexrelid
JOIN pg_am AS m ON m.oid = c.relam
WHERE i.indrelid = ANY (%(tables)s::oid[])
ORDER BY c.relname
