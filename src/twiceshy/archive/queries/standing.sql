-- What did each guard come to when it was last rehearsed on each version?
SELECT report_id, guard_hash, version, verdict, at
FROM rehearsal
WHERE id IN (SELECT max(id) FROM rehearsal GROUP BY report_id, guard_hash, version)
ORDER BY id;
