-- Every rehearsal of a guard, one row each; rows of one run share its `run`.
CREATE TABLE rehearsal (
  id integer PRIMARY KEY,
  run text NOT NULL,
  at text NOT NULL,
  report_id text NOT NULL,
  report_path text NOT NULL,
  line integer NOT NULL,
  kind text NOT NULL,
  guard_hash text NOT NULL,
  version text NOT NULL,
  verdict text NOT NULL,
  seconds real NOT NULL,
  server text NOT NULL,
  detail text NOT NULL
);

CREATE INDEX rehearsal_of_run ON rehearsal (run);

CREATE INDEX rehearsal_of_report ON rehearsal (report_id, id);
