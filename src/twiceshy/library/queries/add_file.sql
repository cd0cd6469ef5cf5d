-- Remembers a file, or how it looks now.
INSERT INTO file (path, stamp) VALUES (:path, :stamp)
ON CONFLICT (path) DO UPDATE SET stamp = excluded.stamp
RETURNING id;
