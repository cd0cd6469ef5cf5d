-- Keeps one edition of a file.
INSERT INTO edition (file, low, high, facets, facts, likeness, text)
VALUES (:file, :low, :high, :facets, :facts, :likeness, :text)
RETURNING id;
