-- Forgets the editions of a file.
DELETE FROM edition WHERE file = :file;
