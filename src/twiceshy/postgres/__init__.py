"""Connecting to PostgreSQL and reading from it; nothing here changes a row."""
