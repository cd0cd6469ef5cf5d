"""The closed set of forms in which a judge shows evidence. Judges do not draw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class SideBySide:
    """Two texts to compare, e.g. the response without and with somebody else's rows."""

    title: str
    left_title: str
    left: str
    right_title: str
    right: str
    highlights: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under column headings."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Path:
    """How something came about, step by step: (what, detail)."""

    title: str
    steps: tuple[tuple[str, str], ...]


Exhibit: TypeAlias = SideBySide | Table | Path
