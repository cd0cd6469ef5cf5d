-- Which constraints do these tables have, and has each been validated?
-- Parameter: the tables.
SELECT conrelid, conname, pg_get_constraintdef(oid), convalidated
FROM pg_constraint
WHERE conrelid = ANY (%(tables)s::oid[])
ORDER BY conname
