-- How many editions are there, and how many were there ever since the index was made?
SELECT (SELECT count(*) FROM edition), (SELECT coalesce(max(seq), 0) FROM sqlite_sequence);
