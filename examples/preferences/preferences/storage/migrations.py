"""SQL files that make a database's schema, each run once, in the order of their names."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "migrations"
TABLE = "CREATE TABLE IF NOT EXISTS migrations (name text PRIMARY KEY)"


def wanted(sort: str, known: Callable[[], set[str]]) -> Iterator[tuple[str, str]]:
    """Name and text of those that have not run yet."""
    done = known()
    for path in sorted((FOLDER / sort).glob("*.sql")):
        if path.stem not in done:
            yield path.stem, path.read_text(encoding="utf-8")
