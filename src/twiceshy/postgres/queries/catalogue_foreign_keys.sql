-- Which foreign keys have these tables, columns by number? Those of a partitioned table once.
SELECT
    k.conrelid,
    k.conname,
    k.conkey,
    coalesce(root.oid, k.confrelid),
    CASE
        WHEN root.oid IS NULL OR root.oid = k.confrelid THEN k.confkey
        -- A partition may number its columns otherwise than the table that stands for it.
        ELSE (
            SELECT array_agg(theirs.attnum ORDER BY key.place)
            FROM unnest(k.confkey) WITH ORDINALITY AS key (attnum, place)
            JOIN pg_attribute AS own ON own.attrelid = k.confrelid AND own.attnum = key.attnum
            JOIN pg_attribute AS theirs ON theirs.attrelid = root.oid AND theirs.attname = own.attname
        )
    END,
    k.condeferrable
FROM pg_constraint AS k
CROSS JOIN LATERAL (SELECT pg_partition_root(k.confrelid)::oid) AS root (oid)
WHERE k.contype = 'f' AND k.conparentid = 0
    AND k.conrelid = ANY (%(tables)s::oid[])
    AND coalesce(root.oid, k.confrelid) = ANY (%(tables)s::oid[])
ORDER BY k.conrelid, k.conname
