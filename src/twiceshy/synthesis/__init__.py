"""Rows that satisfy a schema, proposed and repaired; pure."""

from __future__ import annotations
