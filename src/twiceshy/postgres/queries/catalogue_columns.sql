-- Which columns have these tables, and what is the type of each below any domains?
WITH RECURSIVE tower AS (
    -- From a column's declared type down to its base type, one step per domain.
    SELECT t.oid AS declared, t.oid AS reached, -1 AS typmod, false AS not_null, NULL::text COLLATE "C" AS preset, 0 AS depth
    FROM pg_type AS t
    WHERE t.oid IN (
        SELECT a.atttypid FROM pg_attribute AS a WHERE a.attrelid = ANY (%(tables)s::oid[]) AND a.attnum > 0
    )
    UNION ALL
    SELECT
        tower.declared,
        t.typbasetype,
        t.typtypmod,
        tower.not_null OR t.typnotnull,
        coalesce(tower.preset, t.typdefault),
        tower.depth + 1
    FROM tower
    JOIN pg_type AS t ON t.oid = tower.reached
    WHERE t.typtype = 'd'
),
resolved AS (
    SELECT DISTINCT ON (declared) declared, reached, typmod, not_null, preset, depth
    FROM tower
    ORDER BY declared, depth DESC
)
SELECT
    a.attrelid,
    a.attnum,
    a.attname,
    format_type(a.atttypid, a.atttypmod),
    base.typname,
    format_type(base.oid, modifier.typmod),
    CASE
        WHEN base.typcategory = 'A' THEN 'array'
        WHEN base.typtype = 'e' THEN 'enum'
        WHEN base.typtype = 'c' THEN 'composite'
        WHEN base.typtype IN ('r', 'm') THEN 'range'
        ELSE 'base'
    END,
    a.attnotnull OR resolved.not_null,
    CASE WHEN a.attgenerated = '' THEN coalesce(pg_get_expr(d.adbin, d.adrelid), resolved.preset) END,
    a.attgenerated <> '',
    CASE a.attidentity WHEN 'a' THEN 'always' WHEN 'd' THEN 'default' ELSE '' END,
    CASE
        WHEN modifier.typmod < 0 THEN NULL
        WHEN base.typname IN ('varchar', 'bpchar') THEN modifier.typmod - 4
        WHEN base.typname IN ('bit', 'varbit') THEN modifier.typmod
    END,
    CASE WHEN base.typcategory IN ('A', 'E') THEN (
        SELECT array_agg(e.enumlabel::text ORDER BY e.enumsortorder)
        FROM pg_enum AS e
        WHERE e.enumtypid = CASE base.typcategory WHEN 'A' THEN base.typelem ELSE base.oid END
    ) END,
    CASE WHEN resolved.depth > 0 THEN format_type(a.atttypid, NULL) END,
    a.atttypid,
    CASE WHEN a.attgenerated <> '' THEN pg_get_expr(d.adbin, d.adrelid) END
FROM pg_attribute AS a
JOIN resolved ON resolved.declared = a.atttypid
JOIN pg_type AS base ON base.oid = resolved.reached
CROSS JOIN LATERAL (SELECT CASE WHEN resolved.depth > 0 THEN resolved.typmod ELSE a.atttypmod END) AS modifier (typmod)
LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE a.attrelid = ANY (%(tables)s::oid[]) AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attrelid, a.attnum
