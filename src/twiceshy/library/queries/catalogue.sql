-- Which editions may an audience see, in the order of their files?
SELECT edition.id, facets, path
FROM edition
JOIN file ON file.id = edition.file
WHERE :level BETWEEN low AND high
ORDER BY path;
