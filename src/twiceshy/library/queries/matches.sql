-- Which editions hold all that was asked for?
SELECT rowid FROM word WHERE word MATCH :query;
