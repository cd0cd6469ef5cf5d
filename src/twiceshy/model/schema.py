"""The catalogue of a database as frozen records."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple


def quoted(name: str) -> str:
    """An SQL identifier in double quotes."""
    return '"' + name.replace('"', '""') + '"'


class QName(NamedTuple):
    """A relation's schema and name; prints without `public`."""

    schema: str
    name: str

    def __str__(self) -> str:
        """`name`, or `schema.name` outside of `public`; for people, not for SQL."""
        return self.name if self.schema == "public" else f"{self.schema}.{self.name}"

    @property
    def sql(self) -> str:
        """The relation's name in SQL."""
        return f"{quoted(self.schema)}.{quoted(self.name)}"


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `type` is as `format_type` prints it, `base` the base type under any domains.

    `base` is the internal name (`int8`, `text`, `timestamptz`, `_int4` for an array), `base_type`
    the same type as `format_type` prints it with its modifier (`numeric(10,2)`).
    `kind` is the kind of the base type; `enum_labels` are in their declared order, for an array
    those of its elements. `parts` are what a compound type consists of, in the shape of columns:
    the attributes of a composite, the element of an array, the bound of a range; `checks` are the
    CHECKs of a part's domains (those of a column's domain stand at its table). `computed` is the
    expression of a generated column.
    """

    name: str
    type: str
    base: str
    kind: Literal["base", "enum", "composite", "range", "array"] = "base"
    not_null: bool = False
    default: str | None = None
    generated: bool = False
    identity: Literal["", "always", "default"] = ""
    max_length: int | None = None
    enum_labels: tuple[str, ...] = ()
    domain: str | None = None
    base_type: str = ""
    parts: tuple[Column, ...] = ()
    checks: tuple[str, ...] = ()
    computed: str = ""


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """`columns` of a table reference `parent_columns` of `parent`, pairwise."""

    name: str
    columns: tuple[str, ...]
    parent: QName
    parent_columns: tuple[str, ...]
    deferrable: bool = False


@dataclass(frozen=True, slots=True)
class UniqueKey:
    """A primary key, unique constraint or unique index; `columns` empty over expressions.

    A `deferrable` one may be broken for as long as a statement or transaction takes.
    """

    name: str
    columns: tuple[str, ...]
    primary: bool = False
    predicate: str | None = None
    deferrable: bool = False


@dataclass(frozen=True, slots=True)
class Check:
    """A CHECK of a table or of a column's domain, as `pg_get_constraintdef` prints it."""

    name: str
    columns: tuple[str, ...]
    expression: str


@dataclass(frozen=True, slots=True)
class Trigger:
    """A trigger that sees rows before or after they are inserted, and the text of its function."""

    name: str
    language: str
    source: str


@dataclass(frozen=True)
class Table:
    """One table, partitions excluded: rows are planted and counted through the parent.

    `bounds` say what a row must hold to find a partition, each in the form of a CHECK.
    """

    name: QName
    columns: tuple[Column, ...]
    unique_keys: tuple[UniqueKey, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    checks: tuple[Check, ...] = ()
    partitioned: bool = False
    rows: int = 0
    triggers: tuple[Trigger, ...] = ()
    bounds: tuple[Check, ...] = ()

    @cached_property
    def primary_key(self) -> tuple[str, ...]:
        """Columns of the primary key; empty when there is none."""
        return next((key.columns for key in self.unique_keys if key.primary), ())

    @cached_property
    def column_names(self) -> tuple[str, ...]:
        """Names of all columns in their order."""
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> Column:
        """The column of that name; KeyError when there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    def is_unique(self, columns: tuple[str, ...]) -> bool:
        """Whether at most one row can hold any given values in `columns`."""
        wanted = set(columns)
        return any(
            key.columns and set(key.columns) <= wanted and key.predicate is None
            for key in self.unique_keys
        )


@dataclass(frozen=True)
class Catalogue:
    """All user tables of one database."""

    tables: tuple[Table, ...]
    server_version: str = ""
    extensions: tuple[str, ...] = ()

    @cached_property
    def by_name(self) -> dict[QName, Table]:
        """Tables by qualified name."""
        return {table.name: table for table in self.tables}

    @cached_property
    def enum_labels(self) -> frozenset[str]:
        """Every value of every enum that a column is of."""
        columns = (column for table in self.tables for column in table.columns)
        return frozenset(label for column in columns for label in column.enum_labels)

    def table(self, name: QName) -> Table:
        """The table of that name; KeyError when there is none."""
        return self.by_name[name]

    def find(self, text: str) -> Table | None:
        """The table a person means by `users` or `app.users`; `public` wins among equals."""
        schema, _, name = text.rpartition(".")
        found = [
            table
            for table in self.tables
            if table.name.name == name and (not schema or table.name.schema == schema)
        ]
        found.sort(key=lambda table: (table.name.schema != "public", table.name))
        return found[0] if found else None

    def children(self, parent: QName) -> tuple[tuple[Table, ForeignKey], ...]:
        """Tables that reference `parent`, with the key by which they do."""
        return tuple(
            (table, key)
            for table in self.tables
            for key in table.foreign_keys
            if key.parent == parent
        )
