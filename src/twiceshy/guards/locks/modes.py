"""Modes of table locks, whom they keep out, and which locks of a statement matter to live queries.

Conflicts are those of the table "Conflicting Lock Modes" in PostgreSQL's chapter on explicit
locking: readers take ACCESS SHARE, writers ROW EXCLUSIVE.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from twiceshy.postgres.shapes import shape_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from twiceshy.model.scripts import Relation, ScriptStatement

ORDER = (
    "AccessShareLock",
    "RowShareLock",
    "RowExclusiveLock",
    "ShareUpdateExclusiveLock",
    "ShareLock",
    "ShareRowExclusiveLock",
    "ExclusiveLock",
    "AccessExclusiveLock",
)
"""From the weakest to the strongest."""

EXCLUSIVE = ORDER[-1]
_KEEPS_WRITERS_OUT = frozenset(ORDER[4:])
_WORDS = re.compile(r"(?<=[a-z])(?=[A-Z])")
# Tables that people query; sequences and other things are judged by what was measured.
_QUERIED = frozenset({"table", "partitioned table", "materialized view", "view"})


@dataclass(frozen=True, slots=True)
class Grip:
    """A lock that keeps live queries out. `index` is set where it is that of an index.

    `fresh` tells that this very statement took it, so that it may have had to wait for it.
    """

    relation: str
    mode: str
    fresh: bool
    index: str = ""

    @property
    def stops_readers(self) -> bool:
        """Whether SELECT waits; planning opens every index of a table, so theirs count, too."""
        return self.mode == EXCLUSIVE

    @property
    def whom(self) -> str:
        """Who is kept out."""
        return "reads and writes" if self.stops_readers else "writes"


def spoken(mode: str) -> str:
    """`ACCESS EXCLUSIVE` for `AccessExclusiveLock`."""
    return _WORDS.sub(" ", mode.removesuffix("Lock")).upper()


def strongest(modes: Iterable[str]) -> str:
    """The strongest of some modes, or ""."""
    return max((mode for mode in modes if mode in ORDER), key=ORDER.index, default="")


def live(
    statements: Iterable[ScriptStatement], relations: Mapping[str, Relation]
) -> frozenset[str]:
    """Relations that queries of the application meet.

    What the script attaches as a partition was nobody's table before.
    """
    attached = {name for statement in statements for name in statement.attached}
    return frozenset(
        name
        for name, relation in relations.items()
        if relation.kind in _QUERIED and name not in attached
    )


def grips(
    statement: ScriptStatement, relations: Mapping[str, Relation], alive: frozenset[str]
) -> tuple[Grip, ...]:
    """The locks held during a statement that keep live queries out, the strongest first."""
    shape = shape_of(statement.sql)
    if shape.concurrently or (shape.tag == "vacuum" and not statement.rewrites):
        # These take a strong lock for a moment at most, and only once nobody is in the way.
        return ()
    found: dict[tuple[str, str], Grip] = {}
    for name, modes in statement.locks.items():
        relation = relations.get(name)
        mode = strongest(modes)
        if relation is None or mode not in _KEEPS_WRITERS_OUT:
            continue
        table = relation.table if relation.kind == "index" else name
        owner = relations.get(table)
        if table not in alive or owner is None or not _matters(owner, mode, relation):
            continue
        fresh = mode in statement.taken.get(name, ())
        index = name if relation.kind == "index" else ""
        found[table, index] = Grip(table, mode, fresh, index)
    return tuple(
        sorted(
            found.values(), key=lambda grip: (-ORDER.index(grip.mode), grip.index, grip.relation)
        )
    )


def _matters(table: Relation, mode: str, locked: Relation) -> bool:
    if table.kind in {"materialized view", "view"} or locked.kind == "index":
        # Nobody writes into these by themselves; an index is opened by every plan.
        return mode == EXCLUSIVE
    return True
