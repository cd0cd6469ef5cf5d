"""What is known of a statement from its text, as frozen records."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ConstraintShape:
    """A constraint: `sort` is check, foreign key, primary key, unique, exclusion or not null.

    `definition` has no name, `check` is the condition; `index` is one that exists already.
    """

    sort: str
    name: str = ""
    columns: tuple[str, ...] = ()
    check: str = ""
    parent: str = ""
    definition: str = ""
    index: str = ""
    not_valid: bool = False


@dataclass(frozen=True, slots=True)
class Action:
    """One part of an ALTER TABLE. `sort` is PostgreSQL's name of it, such as `AddColumn`.

    `name` is the column, constraint or trigger; `text` the action as it would be written.
    """

    sort: str
    name: str = ""
    text: str = ""
    type: str = ""
    using: str = ""
    default: str = ""
    generated: str = ""
    identity: bool = False
    partition: str = ""
    constraints: tuple[ConstraintShape, ...] = ()


@dataclass(frozen=True, slots=True)
class Shape:
    """A statement. `tag` is a word or two in lower case; `other` is what nothing is known of.

    `gentle` is the same statement with CONCURRENTLY, where it has such a form. `target` is what a
    rename gives, `parts` what an UPDATE sets, `condition` its WHERE.
    """

    tag: str = "other"
    tables: tuple[str, ...] = ()
    name: str = ""
    target: str = ""
    concurrently: bool = False
    gentle: str = ""
    nowait: bool = False
    changes_rows: bool = False
    locks_rows: bool = False
    actions: tuple[Action, ...] = ()
    constraints: tuple[tuple[str, ConstraintShape], ...] = ()
    condition: str = ""
    parts: str = ""
    plain_target: bool = True

    @property
    def table(self) -> str:
        """The first table, or ""."""
        return self.tables[0] if self.tables else ""
