"""Postmortems as people write them, parsed from Markdown."""

from __future__ import annotations
