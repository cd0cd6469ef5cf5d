-- What changed in the database since the last reading of the slot, our own undoing left out?
SELECT data
FROM pg_logical_slot_get_changes(
  %s, NULL, NULL, 'only-local', '1', 'skip-empty-xacts', '1', 'include-xids', '0')
