"""What the data says of columns: which hold a given text, and which hold the same values."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import combinations
from typing import TYPE_CHECKING

from twiceshy.model.survey import Likeness

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from twiceshy.model.schema import Catalogue, QName, Table
    from twiceshy.model.survey import Row

    Place = tuple[QName, str]

_READ = 500
# A shorter value may stand in two columns by chance.
_TELLING = 5
_MOST_KINDS = 6
_TEXTS = frozenset({"text", "varchar", "bpchar", "citext"})
_KEYS = _TEXTS | {"int4", "int8", "numeric", "uuid"}


def likeness(
    catalogue: Catalogue, rows: Callable[[QName, str, int], list[Row]], sought: Sequence[str]
) -> Likeness:
    """Compare the first rows of all tables; `rows` reads so many of a table by a condition."""
    read = {table.name: rows(table.name, "true", _READ) for table in catalogue.tables}
    texts = {
        (table.name, column.name): [
            text for row in read[table.name] if (text := row[column.name]) is not None
        ]
        for table in catalogue.tables
        for column in table.columns
        if column.base in _KEYS and column.kind == "base"
    }
    values = {place: Counter(map(_plain, found)) for place, found in texts.items()}
    return Likeness(
        held={text: _holding(values, _plain(text)) for text in sought},
        alike=frozenset(_alike(catalogue, values)),
        kinds=dict(_kinds(catalogue, texts)),
        samples={place: found[0] for place, found in texts.items() if found},
    )


def _plain(text: str | None) -> str:
    """Without case and without what people put between digits."""
    return "".join(letter for letter in (text or "").casefold() if letter not in " .-/()+")


def _holding(values: Mapping[Place, Counter[str]], text: str) -> tuple[Place, ...]:
    return tuple(place for place, found in values.items() if text and found[text])


def _alike(
    catalogue: Catalogue, values: Mapping[Place, Counter[str]]
) -> Iterable[frozenset[Place]]:
    """Pairs of columns that share telling values and are no numbers that a sequence gave out."""
    holders: defaultdict[str, list[Place]] = defaultdict(list)
    for (name, column), found in values.items():
        if column in _numbering(catalogue.table(name)):
            continue
        for text in found:
            if len(text) >= _TELLING:
                holders[text].append((name, column))
    for places in holders.values():
        for one, other in combinations(places, 2):
            if one[0] != other[0]:
                yield frozenset({one, other})


def _numbering(table: Table) -> set[str]:
    keys = {name for key in table.foreign_keys for name in key.columns}
    return keys | {c.name for c in table.columns if c.identity or "nextval(" in (c.default or "")}


def _kinds(
    catalogue: Catalogue, texts: Mapping[Place, list[str]]
) -> Iterator[tuple[Place, tuple[str, ...]]]:
    """Columns of text that repeat a few values, such as a status without a declared list."""
    for (name, column), found in texts.items():
        values = set(found)
        few = len(values) <= _MOST_KINDS and 2 * len(values) <= len(found)
        if values and few and catalogue.table(name).column(column).base in _TEXTS:
            yield (name, column), tuple(sorted(values))
