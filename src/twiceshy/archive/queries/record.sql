-- Adds one rehearsal.
INSERT INTO rehearsal (
  run, at, report_id, report_path, line, kind, guard_hash, version, verdict, seconds, server, detail
) VALUES (
  :run, :at, :report_id, :report_path, :line, :kind, :guard_hash, :version, :verdict, :seconds,
  :server, :detail
);
