-- The same with their ranks, lower is better: titles count most, then names.
SELECT rowid, bm25(word, 10.0, 4.0, 1.0) FROM word WHERE word MATCH :query;
