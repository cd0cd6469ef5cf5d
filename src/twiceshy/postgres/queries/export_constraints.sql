-- Which constraints do these tables have, over which columns, and has each been validated?
-- Parameter: the tables. Written without pg_get_constraintdef, which waits for locks on the table.
SELECT
    k.conrelid,
    k.conname,
    CASE k.contype
        WHEN 'p' THEN 'primary key' WHEN 'f' THEN 'foreign key' WHEN 'u' THEN 'unique'
        WHEN 'c' THEN 'check' WHEN 'x' THEN 'exclude' WHEN 'n' THEN 'not null' ELSE 'other'
    END,
    ARRAY(
        SELECT a.attname::text
        FROM unnest(k.conkey) WITH ORDINALITY AS o (number, place)
        JOIN pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = o.number
        ORDER BY o.place
    ),
    k.confrelid,
    k.convalidated
FROM pg_constraint AS k
WHERE k.conrelid = ANY (%(tables)s::oid[])
ORDER BY k.conname
