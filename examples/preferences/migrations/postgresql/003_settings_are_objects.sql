-- What was kept as a text of JSON in the night of 2024-04-12 becomes the object that it means.

UPDATE preferences
SET settings = (settings #>> '{}')::jsonb
WHERE jsonb_typeof(settings) = 'string';
