-- What must a row hold to find a partition of these tables? For each leaf its condition, and the columns of the root's key.
SELECT leaf.root, leaf.name, leaf.numbers, 'CHECK (' || leaf.bound || ')'
FROM (
    SELECT
        p.partrelid AS root,
        c.relname::text AS name,
        (
            SELECT coalesce(array_agg(a.attnum ORDER BY a.attnum), '{}')
            FROM pg_attribute AS a
            WHERE a.attrelid = p.partrelid AND a.attnum > 0 AND NOT a.attisdropped
        ) AS numbers,
        pg_get_partition_constraintdef(tree.relid) AS bound,
        row_number() OVER (PARTITION BY p.partrelid ORDER BY c.relname) AS place
    FROM pg_partitioned_table AS p
    CROSS JOIN LATERAL pg_partition_tree(p.partrelid) AS tree
    JOIN pg_class AS c ON c.oid = tree.relid
    WHERE p.partrelid = ANY (%(tables)s::oid[]) AND tree.isleaf
) AS leaf
-- A few are enough to find room for a row; a log may have thousands.
WHERE leaf.bound IS NOT NULL AND leaf.place <= 12
ORDER BY leaf.root, leaf.name
