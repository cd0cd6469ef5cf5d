-- Let the log tell of every change of the schema, as it tells of rows.
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
