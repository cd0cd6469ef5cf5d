"""The `twiceshy` command: one file a command, no logic."""
