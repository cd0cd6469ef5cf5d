"""The relations of a database as they stand at one moment, and what a statement made of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from twiceshy.model.schema import QName
from twiceshy.model.scripts import Relation

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from twiceshy.model.scripts import RelationKind

_KINDS: dict[str, RelationKind] = {
    "r": "table",
    "p": "partitioned table",
    "v": "view",
    "m": "materialized view",
    "i": "index",
    "I": "index",
    "S": "sequence",
}
_STORED = frozenset("rmiI")


class Entry(NamedTuple):
    """One row of pg_class; `of` is the table of an index, `parent` that of a partition (oids).

    `key` names the columns of a primary key's index, with a unit separator between them.
    """

    oid: int
    schema: str
    relname: str
    kind: str
    storage: int
    of: int
    parent: int
    rows: int
    bytes: int
    key: str = ""

    @property
    def name(self) -> str:
        """As people write it."""
        return str(QName(self.schema, self.relname))


@dataclass(frozen=True, slots=True)
class Difference:
    """What one statement did to the relations that were there before it, by name.

    `moved` maps those with new storage to the file that it is in now.
    """

    moved: Mapping[str, int]
    new: tuple[str, ...]
    dropped: tuple[str, ...]
    attached: tuple[str, ...]


@dataclass(frozen=True)
class Relations:
    """All relations of users at one moment, by oid."""

    by_oid: Mapping[int, Entry]

    @classmethod
    def of(cls, rows: Iterable[Iterable[Any]]) -> Relations:
        """From the rows of the query `script_relations`, as values or as text."""
        entries = [_entry(*row) for row in rows]
        return cls({entry.oid: entry for entry in entries})

    @cached_property
    def by_name(self) -> dict[str, Entry]:
        """By the name that people write."""
        return {entry.name: entry for entry in self.by_oid.values()}

    @cached_property
    def parts(self) -> dict[int, list[Entry]]:
        """The partitions of each partitioned table."""
        found: dict[int, list[Entry]] = {}
        for entry in self.by_oid.values():
            if entry.parent:
                found.setdefault(entry.parent, []).append(entry)
        return found

    def rows_of(self, entry: Entry) -> int:
        """The planner's count; a partitioned table has those of its partitions."""
        if entry.kind == "p":
            return sum(self.rows_of(part) for part in self.parts.get(entry.oid, ()))
        return entry.rows

    def table_of(self, index: str) -> str:
        """The table of an index, by name; "" for anything else."""
        entry = self.by_name.get(index)
        return self._name_of(entry.of) if entry else ""

    def as_records(self) -> dict[str, Relation]:
        """What a judge gets to know."""
        return {
            entry.name: Relation(
                name=entry.name,
                kind=_KINDS.get(entry.kind, "other"),
                rows=self.rows_of(entry),
                bytes=entry.bytes,
                table=self._name_of(entry.of),
                parent=self._name_of(entry.parent),
                columns=tuple(entry.key.split("\x1f")) if entry.key else (),
            )
            for entry in self.by_oid.values()
        }

    def _name_of(self, oid: int) -> str:
        return self.by_oid[oid].name if oid in self.by_oid else ""

    def since(self, before: Relations) -> Difference:
        """What became of the relations of `before`."""
        moved: dict[str, int] = {}
        for oid, was in before.by_oid.items():
            now = self.by_oid.get(oid)
            if now and now.storage != was.storage and was.kind in _STORED:
                moved[was.name] = now.storage
        # A rebuilt index may be another one under the old name; it may also inherit the storage.
        for name, was in before.by_name.items():
            heir = self.by_name.get(name)
            if heir and was.kind == heir.kind == "i" and heir.storage != was.storage:
                moved[name] = heir.storage
        return Difference(
            moved=moved,
            new=tuple(e.name for oid, e in self.by_oid.items() if oid not in before.by_oid),
            dropped=tuple(e.name for oid, e in before.by_oid.items() if oid not in self.by_oid),
            attached=tuple(
                before.by_oid[oid].name
                for oid, now in self.by_oid.items()
                if now.parent and oid in before.by_oid and not before.by_oid[oid].parent
            ),
        )


def _entry(*fields: Any) -> Entry:
    oid, schema, name, kind, storage, of, parent, rows, size, key = fields
    numbers = (int(storage), int(of), int(parent), int(rows), int(size))
    return Entry(int(oid), schema, name, kind, *numbers, key or "")
