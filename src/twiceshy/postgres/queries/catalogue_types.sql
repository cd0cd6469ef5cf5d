-- Of what do the types of these tables' columns consist: elements, attributes, bounds, and what do domains among them check?
WITH RECURSIVE reached (oid) AS (
    SELECT a.atttypid
    FROM pg_attribute AS a
    WHERE a.attrelid = ANY (%(tables)s::oid[]) AND a.attnum > 0 AND NOT a.attisdropped
    UNION
    SELECT inner_type.oid
    FROM reached
    JOIN pg_type AS t ON t.oid = reached.oid
    CROSS JOIN LATERAL (
        SELECT t.typelem WHERE t.typcategory = 'A' AND t.typtype = 'b'
        UNION ALL
        SELECT t.typbasetype WHERE t.typtype = 'd'
        UNION ALL
        SELECT r.rngsubtype FROM pg_range AS r WHERE r.rngtypid = t.oid
        UNION ALL
        SELECT r.rngtypid FROM pg_range AS r WHERE r.rngmultitypid = t.oid
        UNION ALL
        SELECT a.atttypid
        FROM pg_attribute AS a
        WHERE t.typtype = 'c' AND a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped
    ) AS inner_type (oid)
)
SELECT
    t.oid,
    t.typname::text,
    CASE
        WHEN t.typtype = 'd' THEN 'domain'
        WHEN t.typcategory = 'A' AND t.typtype = 'b' THEN 'array'
        WHEN t.typtype = 'e' THEN 'enum'
        WHEN t.typtype = 'c' THEN 'composite'
        WHEN t.typtype IN ('r', 'm') THEN 'range'
        ELSE 'base'
    END,
    t.typtype = 'm',
    CASE t.typtype
        WHEN 'd' THEN t.typbasetype
        WHEN 'r' THEN (SELECT r.rngsubtype FROM pg_range AS r WHERE r.rngtypid = t.oid)
        WHEN 'm' THEN (SELECT r.rngtypid FROM pg_range AS r WHERE r.rngmultitypid = t.oid)
        ELSE nullif(t.typelem, 0)
    END,
    t.typtypmod,
    t.typnotnull,
    coalesce((SELECT array_agg(e.enumlabel::text ORDER BY e.enumsortorder) FROM pg_enum AS e WHERE e.enumtypid = t.oid), '{}'),
    coalesce((SELECT array_agg(pg_get_constraintdef(k.oid)) FROM pg_constraint AS k WHERE k.contypid = t.oid AND k.contype = 'c'), '{}'),
    coalesce(attributes.list, '[]')
FROM reached
JOIN pg_type AS t ON t.oid = reached.oid
LEFT JOIN LATERAL (
    SELECT json_agg(json_build_array(a.attname, a.atttypid::bigint, a.atttypmod) ORDER BY a.attnum) AS list
    FROM pg_attribute AS a
    WHERE t.typtype = 'c' AND a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped
) AS attributes ON true
