-- Make every change of a row visible and reversible: full old rows, logged tables, single sequence values.
DO $prepare$
DECLARE
  relation regclass;
  trigger_name name;
  waiting int;
BEGIN
  FOR relation IN
    SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND c.relreplident <> 'f'
      AND n.nspname NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema'
  LOOP
    EXECUTE format('ALTER TABLE %s REPLICA IDENTITY FULL', relation);
  END LOOP;
  -- A table can be logged once all those that it references are; so, again until nothing moves.
  LOOP
    waiting := 0;
    FOR relation IN
      SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind = 'r' AND c.relpersistence = 'u' AND n.nspname NOT LIKE 'pg\_%'
        AND NOT EXISTS (
          SELECT FROM pg_constraint k JOIN pg_class parent ON parent.oid = k.confrelid
          WHERE k.conrelid = c.oid AND k.contype = 'f'
            AND parent.oid <> c.oid AND parent.relpersistence = 'u')
    LOOP
      EXECUTE format('ALTER TABLE %s SET LOGGED', relation);
      waiting := waiting + 1;
    END LOOP;
    EXIT WHEN waiting = 0;
  END LOOP;
  FOR relation IN
    SELECT s.seqrelid FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid
    WHERE s.seqcache > 1 AND c.relpersistence <> 't'
  LOOP
    EXECUTE format('ALTER SEQUENCE %s CACHE 1', relation);
  END LOOP;
  -- Undoing is done as a replica does it, and must set off nothing.
  FOR relation, trigger_name IN
    SELECT tgrelid, tgname FROM pg_trigger
    WHERE NOT tgisinternal AND tgenabled = 'A' AND tgparentid = 0
  LOOP
    EXECUTE format('ALTER TABLE %s ENABLE TRIGGER %I', relation, trigger_name);
  END LOOP;
  FOR relation, trigger_name IN
    SELECT tgrelid, tgname FROM pg_trigger
    WHERE NOT tgisinternal AND tgenabled = 'R' AND tgparentid = 0
  LOOP
    EXECUTE format('ALTER TABLE %s DISABLE TRIGGER %I', relation, trigger_name);
  END LOOP;
END
$prepare$;
ANALYZE;
