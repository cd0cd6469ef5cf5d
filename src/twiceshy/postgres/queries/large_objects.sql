-- Are the large objects still the same? A number that changes with them.
SELECT bit_xor(hashtextextended(place, 0))
FROM (
    SELECT format('%s %s %s', loid, ctid, xmin) FROM pg_largeobject
    UNION ALL
    SELECT format('%s %s %s', oid, ctid, xmin) FROM pg_largeobject_metadata
) AS objects (place)
