"""The closed set of forms in which a judge shows evidence. Judges do not draw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias


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


@dataclass(frozen=True, slots=True)
class Span:
    """Something that lasted, in seconds of the lanes' clock.

    `waits` tells waiting from doing or holding; `says` is a word or two to write at it, `behind`
    names the lane that it waited for.
    """

    began: float
    ended: float
    waits: bool = False
    says: str = ""
    behind: str = ""


@dataclass(frozen=True, slots=True)
class Lane:
    """One line of the drawing: a statement of the script, a lock, a query, another transaction."""

    name: str
    sort: Literal["statement", "lock", "query", "other"]
    spans: tuple[Span, ...] = ()
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Lanes:
    """What happened at the same time, one lane below the other; `seconds` is the whole width."""

    title: str
    seconds: float
    lanes: tuple[Lane, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One curve: pairs of a second and a value, in order of time.

    `steps` tells a value that stays until the next one, such as a count, from one that was measured
    now and then. Where nothing was measured there is no point, and the gap is not drawn over.
    """

    name: str
    points: tuple[tuple[float, float], ...]
    steps: bool = False


@dataclass(frozen=True, slots=True)
class Band:
    """A stretch of time to shade, in seconds, such as that of a fault."""

    began: float
    ended: float
    says: str


@dataclass(frozen=True, slots=True)
class Series:
    """Curves over time below each other's bands; `unit` is that of every value, such as `ms`.

    `seconds` is the whole width. With `logarithmic`, tenfold values stand at equal distance.
    """

    title: str
    unit: str
    seconds: float
    lines: tuple[Line, ...]
    bands: tuple[Band, ...] = ()
    logarithmic: bool = False


Exhibit: TypeAlias = SideBySide | Table | Path | Lanes | Series
