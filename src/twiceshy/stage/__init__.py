"""The scratch world: server, database, service and further processes, actors."""
