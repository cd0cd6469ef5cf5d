-- Which CHECK constraints have these tables, their own and those of their columns' domains? Columns by number.
WITH RECURSIVE tower AS (
    SELECT a.attrelid, a.attnum, t.oid AS domain, t.typbasetype
    FROM pg_attribute AS a
    JOIN pg_type AS t ON t.oid = a.atttypid AND t.typtype = 'd'
    WHERE a.attrelid = ANY (%(tables)s::oid[]) AND a.attnum > 0 AND NOT a.attisdropped
    UNION ALL
    SELECT tower.attrelid, tower.attnum, t.oid, t.typbasetype
    FROM tower
    JOIN pg_type AS t ON t.oid = tower.typbasetype AND t.typtype = 'd'
)
SELECT
    k.conrelid AS relid,
    k.conname::text AS name,
    coalesce(k.conkey, '{}'),
    pg_get_constraintdef(k.oid),
    0 AS place
FROM pg_constraint AS k
WHERE k.contype = 'c' AND k.conrelid = ANY (%(tables)s::oid[])
UNION ALL
SELECT tower.attrelid, k.conname::text, ARRAY[tower.attnum], pg_get_constraintdef(k.oid), tower.attnum
FROM tower
JOIN pg_constraint AS k ON k.contypid = tower.domain AND k.contype = 'c'
ORDER BY relid, place, name
