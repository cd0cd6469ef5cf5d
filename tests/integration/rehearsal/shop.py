"""The example `shop`: its two maintenance scripts, and its database."""

from __future__ import annotations

from pathlib import Path

_SHOP = Path(__file__).parents[3] / "examples" / "shop"
SAFE = (_SHOP / "maintenance" / "optimise.sql").read_text()
FAULTY = (_SHOP / "maintenance" / "2024-01-21.sql").read_text()
SCHEMA = (_SHOP / "db" / "schema.sql").read_text() + (_SHOP / "db" / "seed.sql").read_text()
