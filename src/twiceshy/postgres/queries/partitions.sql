-- Which partitions are there, and of which table is each a part in the end?
SELECT own.nspname, part.relname, theirs.nspname, root.relname
FROM pg_class AS part
JOIN pg_namespace AS own ON own.oid = part.relnamespace
JOIN pg_class AS root ON root.oid = pg_partition_root(part.oid)
JOIN pg_namespace AS theirs ON theirs.oid = root.relnamespace
WHERE part.relispartition AND part.relkind IN ('r', 'p')
