-- How far has each sequence come?
SELECT seqrelid::bigint AS id, last_value, is_called
FROM pg_sequence, pg_get_sequence_data(seqrelid)
WHERE last_value IS NOT NULL
