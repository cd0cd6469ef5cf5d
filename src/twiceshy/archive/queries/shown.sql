-- The whole verdicts of when each guard of this report was last rehearsed on each version.
SELECT guard_hash, version, detail
FROM rehearsal
WHERE id IN (
  SELECT max(id) FROM rehearsal WHERE report_id = :report_id GROUP BY guard_hash, version
)
ORDER BY id;
