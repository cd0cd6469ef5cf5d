-- Which server is this, and which extensions are installed in this database?
SELECT
    current_setting('server_version'),
    coalesce((SELECT array_agg(extname::text ORDER BY extname) FROM pg_extension WHERE extname <> 'plpgsql'), '{}')
