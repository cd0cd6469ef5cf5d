"""Small projects with reports of our own."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from pathlib import Path  # noqa: TC003 - a field of a dataclass

import pytest

from twiceshy.config.load import load_project
from twiceshy.library import Audience, Library
from twiceshy.library.search_records import Filters, Hits

TODAY = datetime.date(2026, 11, 21)
_GUARD = '```toml guard\nkind = "command"\nrun = "true"\n```\n'


def written(
    title: str,
    *,
    keys: str = "",
    cause: str = "a migration took an exclusive lock on `orders`",
    guard: bool = False,
    more: str = "",
) -> str:
    """The text of a report in English."""
    return (
        f'+++\ntitle = "{title}"\n{keys}+++\n\n'
        f"## Summary\n\nOrders failed for 40 minutes. {more}\n\n"
        f"## Root cause\n\nThe cause was that {cause}.\n\n"
        f"{_GUARD if guard else ''}"
        "## Impact\n\n300 users saw errors.\n\n## Detection\n\nAn alert fired.\n\n"
        "## Timeline\n\n- 14:05 UTC Alert fired.\n- 14:45 UTC Service restored.\n\n"
        "## Action items\n\n- [ ] Test of the lock (@ana, due 2026-11-01)\n"
        "- [ ] Alert on waits above 2 s (@ben, due 2027-01-01)\n- [x] Roll back (@ana)\n"
    )


@dataclass
class Shelf:
    """A project in a folder of its own."""

    root: Path

    def put(self, name: str, text: str) -> Path:
        """Write a report."""
        path = self.root / "postmortems" / f"{name}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def open(self) -> Library:
        """The library of it."""
        return Library.open(load_project(self.root))

    def found(
        self, query: str, filters: Filters | None = None, audience: Audience = Audience.INTERNAL
    ) -> Hits:
        """What a search finds."""
        with self.open() as library:
            return library.search(query, filters or Filters(), audience)

    def ids(self, query: str, **filters: object) -> set[str]:
        """The ids of what is found."""
        hits = self.found(query, Filters(**filters)).hits
        return {hit.entry.id for hit in hits}


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    """A project without a report."""
    (tmp_path / "twiceshy.toml").write_text('reports = "postmortems"\n')
    return Shelf(tmp_path)
