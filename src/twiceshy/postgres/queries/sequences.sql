-- Which sequences are there?
SELECT schemaname, sequencename
FROM pg_sequences
WHERE schemaname NOT LIKE 'pg\_%' AND schemaname <> 'twiceshy'
ORDER BY 1, 2
