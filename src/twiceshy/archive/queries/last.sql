-- What did the latest run that rehearsed this report say about each of its guards?
SELECT
  run, at, report_id, report_path, line, kind, guard_hash, version, verdict, seconds, server, detail
FROM rehearsal
WHERE report_id = :report_id
  AND run = (SELECT run FROM rehearsal WHERE report_id = :report_id ORDER BY id DESC LIMIT 1)
ORDER BY line, version, id;
