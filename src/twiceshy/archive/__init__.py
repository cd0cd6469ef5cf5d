"""Past runs, kept in a SQLite file of the project."""
