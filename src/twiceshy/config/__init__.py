"""The project's configuration file: its records, how it is found, read and checked."""
