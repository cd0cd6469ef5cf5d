"""Postmortems that run: every incident report carries a guard that rehearses its failure."""

from __future__ import annotations

__version__ = "0.1.0"
