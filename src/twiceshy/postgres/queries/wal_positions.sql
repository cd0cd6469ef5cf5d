-- How far has the write-ahead log been written, and is all of it safe to read?
SELECT inserted::text, flushed >= inserted AS safe
FROM pg_current_wal_insert_lsn() AS inserted, pg_current_wal_flush_lsn() AS flushed
