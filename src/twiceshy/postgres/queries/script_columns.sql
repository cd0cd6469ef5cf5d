-- Which columns do these relations have, can they be written, and do they find a row (key) or a partition (route)?
-- Parameter: the relations.
SELECT
    a.attrelid,
    a.attname,
    a.attgenerated = '' AND a.attidentity <> 'a',
    a.attidentity <> '' OR a.atthasdef,
    coalesce(a.attnum = ANY (k.indkey::int2[]), false),
    coalesce(a.attnum = ANY (p.partattrs::int2[]), false)
FROM pg_attribute AS a
LEFT JOIN LATERAL (
    -- The best index to find a row by: of a primary key, else unique, else any.
    SELECT i.indkey
    FROM pg_index AS i
    WHERE i.indrelid = a.attrelid AND i.indisvalid AND i.indpred IS NULL AND NOT 0 = ANY (i.indkey::int2[])
    ORDER BY NOT i.indisprimary, NOT i.indisunique, i.indnkeyatts, i.indexrelid
    LIMIT 1
) AS k ON true
LEFT JOIN pg_partitioned_table AS p ON p.partrelid = a.attrelid
WHERE a.attrelid = ANY (%(relations)s::oid[]) AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attrelid, a.attnum
