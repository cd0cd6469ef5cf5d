-- What did each guard come to when it was last rehearsed on each version, and is there a drawing of
-- it? A quotation mark in a text has a backslash before it, so that no text passes for a form.
SELECT
  report_id, guard_hash, version, verdict, at,
  instr(detail, '"form": "series"') OR instr(detail, '"form": "lanes"')
FROM rehearsal
WHERE id IN (SELECT max(id) FROM rehearsal GROUP BY report_id, guard_hash, version)
ORDER BY id;
