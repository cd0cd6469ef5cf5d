"""Looks at a folder and writes the first configuration; nothing in the folder is executed."""

from __future__ import annotations

from twiceshy.config.discovery.facts import Discovery
from twiceshy.config.discovery.look import discover
from twiceshy.config.discovery.write import write

__all__ = ["Discovery", "discover", "write"]
