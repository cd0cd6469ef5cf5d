-- Was a file read as it looks now?
SELECT 1 FROM file WHERE path = :path AND stamp = :stamp;
