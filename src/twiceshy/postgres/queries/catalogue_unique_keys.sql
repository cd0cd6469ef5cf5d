-- Which primary keys, unique constraints and unique indexes have these tables? Columns by number, 0 is an expression.
SELECT
    i.indrelid,
    c.relname,
    (i.indkey::smallint[])[0:i.indnkeyatts - 1],
    i.indisprimary,
    pg_get_expr(i.indpred, i.indrelid),
    NOT i.indimmediate
FROM pg_index AS i
JOIN pg_class AS c ON c.oid = i.indexrelid
WHERE i.indrelid = ANY (%(tables)s::oid[]) AND i.indisunique AND i.indislive
ORDER BY i.indrelid, NOT i.indisprimary, c.relname
