-- Forgets a file; its editions go with it.
DELETE FROM file WHERE path = :path;
