-- Which tables belong to the user (no system schema, no extension, no partition), and how many rows has each about?
SELECT
    c.oid,
    n.nspname,
    c.relname,
    c.relkind = 'p',
    CASE c.relkind
        WHEN 'p' THEN (
            SELECT sum(greatest(leaf.reltuples, 0))
            FROM pg_partition_tree(c.oid) AS tree
            JOIN pg_class AS leaf ON leaf.oid = tree.relid
            WHERE tree.isleaf
        )
        ELSE greatest(c.reltuples, 0)
    END::bigint
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p')
    AND NOT c.relispartition
    AND c.relpersistence <> 't'
    AND n.nspname NOT IN ('pg_catalog', 'information_schema')
    AND n.nspname !~ '^pg_toast'
    AND NOT EXISTS (
        SELECT FROM pg_depend AS d
        WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.objsubid = 0 AND d.deptype = 'e'
    )
ORDER BY n.nspname, c.relname
