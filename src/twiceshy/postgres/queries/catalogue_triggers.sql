-- Which triggers see rows that are inserted into these tables, in what language, and what is their text?
SELECT g.tgrelid, g.tgname::text, l.lanname::text, p.prosrc
FROM pg_trigger AS g
JOIN pg_proc AS p ON p.oid = g.tgfoid
JOIN pg_language AS l ON l.oid = p.prolang
WHERE g.tgrelid = ANY (%(tables)s::oid[])
    AND NOT g.tgisinternal
    AND g.tgenabled <> 'D'
    -- Bit 2 of the type is INSERT.
    AND g.tgtype & 4 <> 0
ORDER BY g.tgrelid, g.tgname
