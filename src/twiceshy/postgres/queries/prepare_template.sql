-- Make every change of a row visible and reversible: full old rows, logged tables, single sequence values.
DO $prepare$
DECLARE
  relation regclass;
BEGIN
  FOR relation IN
    SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND n.nspname NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema'
  LOOP
    EXECUTE format('ALTER TABLE %s REPLICA IDENTITY FULL', relation);
  END LOOP;
  FOR relation IN
    SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND c.relpersistence = 'u' AND n.nspname NOT LIKE 'pg\_%'
  LOOP
    EXECUTE format('ALTER TABLE %s SET LOGGED', relation);
  END LOOP;
  FOR relation IN
    SELECT s.seqrelid FROM pg_sequence s WHERE s.seqcache > 1
  LOOP
    EXECUTE format('ALTER SEQUENCE %s CACHE 1', relation);
  END LOOP;
END
$prepare$;
CREATE SCHEMA twiceshy;
CREATE FUNCTION twiceshy.report_ddl() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog AS $$
BEGIN
  IF tg_event = 'sql_drop' THEN
    PERFORM pg_logical_emit_message(true, 'twiceshy.ddl', '')
    FROM pg_event_trigger_dropped_objects() WHERE NOT is_temporary LIMIT 1;
  ELSE
    PERFORM pg_logical_emit_message(true, 'twiceshy.ddl', '')
    FROM pg_event_trigger_ddl_commands()
    WHERE schema_name IS NULL OR schema_name NOT LIKE 'pg\_temp%' LIMIT 1;
  END IF;
END $$;
CREATE EVENT TRIGGER twiceshy_ddl ON ddl_command_end EXECUTE FUNCTION twiceshy.report_ddl();
CREATE EVENT TRIGGER twiceshy_drop ON sql_drop EXECUTE FUNCTION twiceshy.report_ddl();
GRANT USAGE ON SCHEMA twiceshy TO PUBLIC;
ANALYZE;
