"""ALTER TABLE, action by action: the same result in steps that keep nobody waiting."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from twiceshy.guards.locks.remedies.steps import (
    Steps,
    in_batches,
    kept_up_to_date,
    named,
    not_null,
)
from twiceshy.postgres.shapes import is_volatile, of_new_row

if TYPE_CHECKING:
    from collections.abc import Callable

    from twiceshy.postgres.shape import Action, ConstraintShape

_SERIALS = {
    "smallserial": "smallint",
    "serial2": "smallint",
    "serial": "integer",
    "serial4": "integer",
    "bigserial": "bigint",
    "serial8": "bigint",
}
# Actions that only write the catalogue: they need the lock for a moment, whatever the size.
_QUICK = frozenset(
    {
        "ColumnDefault",
        "DropNotNull",
        "DropColumn",
        "DropConstraint",
        "ReplicaIdentity",
        "ChangeOwner",
        "EnableRowSecurity",
        "DisableRowSecurity",
        "SetStatistics",
        "SetOptions",
        "SetRelOptions",
        "ResetRelOptions",
        "AddIdentity",
        "DropIdentity",
        "ValidateConstraint",
    }
)


def gentle(table: str, action: Action, key: str) -> Steps | None:
    """Steps in place of one action; None where no rewrite is known."""
    maker = _MAKERS.get(action.sort)
    if maker is not None:
        return maker(table, action, key)
    if action.sort in _QUICK:
        return Steps("", (f"ALTER TABLE {table} {action.text};",))
    return None


def _set_not_null(table: str, action: Action, key: str) -> Steps:  # noqa: ARG001 - one interface
    return Steps(
        "SET NOT NULL reads the whole table under its lock, unless a valid CHECK proves it.",
        not_null(table, action.name),
    )


def _add_constraint(table: str, action: Action, key: str) -> Steps | None:  # noqa: ARG001 - one interface
    made = action.constraints[0]
    if made.index or made.not_valid:
        return Steps("", (f"ALTER TABLE {table} {action.text};",))
    if made.sort in {"check", "foreign key"}:
        return _validated_later(table, made)
    if made.sort in {"unique", "primary key"}:
        return _from_index(table, made)
    if made.sort == "not null" and made.columns:
        return Steps("Prove it with a CHECK first.", not_null(table, made.columns[0]))
    return None


def _validated_later(table: str, made: ConstraintShape) -> Steps:
    suffix = ("fkey",) if made.sort == "foreign key" else ("check",)
    name = made.name or named(table, *made.columns[:3], *suffix)
    return Steps(
        "NOT VALID checks new rows only and needs its lock for a moment; VALIDATE reads the others "
        "while people read and write. They must not be in one transaction.",
        (
            f"ALTER TABLE {table} ADD CONSTRAINT {name} {made.definition} NOT VALID;",
            f"ALTER TABLE {table} VALIDATE CONSTRAINT {name};",
        ),
    )


def _from_index(table: str, made: ConstraintShape) -> Steps:
    columns = ", ".join(made.columns)
    primary = made.sort == "primary key"
    suffix = ("pkey",) if primary else (*made.columns, "key")
    name = made.name or named(table, *suffix)
    proofs = [each for column in made.columns for each in not_null(table, column)]
    word = "PRIMARY KEY" if primary else "UNIQUE"
    return Steps(
        "The index behind it is built CONCURRENTLY, outside of a transaction block; the constraint "
        "then only takes it over.",
        (
            f"CREATE UNIQUE INDEX CONCURRENTLY {name} ON {table} ({columns});",
            *(proofs if primary else ()),
            f"ALTER TABLE {table} ADD CONSTRAINT {name} {word} USING INDEX {name};",
        ),
        alone=True,
    )


def _add_column(table: str, action: Action, key: str) -> Steps | None:
    if action.generated:
        return _generated(table, action, key)
    kind = _SERIALS.get(action.type.lower())
    if kind or action.identity:
        return _numbered(table, action, kind or action.type, key)
    if any(made.sort == "primary key" for made in action.constraints):
        return None
    return _plain_column(table, action, key)


def _plain_column(table: str, action: Action, key: str) -> Steps:
    volatile = bool(action.default) and is_volatile(action.default)
    default = f" DEFAULT {action.default}" if action.default and not volatile else ""
    steps = [f"ALTER TABLE {table} ADD COLUMN {action.name} {action.type}{default};"]
    says = "The column itself is quick to add; what is slow stands in steps of its own."
    if volatile:
        steps += _filled(table, action.name, action.default, key)
        says = (
            "A default that is another for each row is written into every row under the lock; a "
            "default for new rows, and batches for the old ones, are not."
        )
    for made in action.constraints:
        more = _apart(table, made)
        steps += more.statements if more else ()
    sorts = {made.sort for made in action.constraints}
    if "not null" in sorts:
        steps += not_null(table, action.name)
    return Steps(says, tuple(steps), volatile or "unique" in sorts)


def _apart(table: str, made: ConstraintShape) -> Steps | None:
    """A constraint of a column as steps of its own."""
    if made.sort in {"check", "foreign key"}:
        return _validated_later(table, _with_keys(made))
    return _from_index(table, made) if made.sort == "unique" else None


def _with_keys(made: ConstraintShape) -> ConstraintShape:
    """A constraint written at its column, as one of the table."""
    if made.sort == "foreign key" and made.definition.startswith("REFERENCES"):
        columns = ", ".join(made.columns)
        return replace(made, definition=f"FOREIGN KEY ({columns}) {made.definition}")
    return made


def _filled(table: str, column: str, default: str, key: str) -> list[str]:
    change = f"UPDATE {table} SET {column} = {default}"
    return [
        f"ALTER TABLE {table} ALTER COLUMN {column} SET DEFAULT {default};",
        in_batches(table, key, change, f"{column} IS NULL"),
    ]


def _numbered(table: str, action: Action, kind: str, key: str) -> Steps:
    sequence = named(table, action.name, "seq")
    number = f"nextval('{sequence}')"
    return Steps(
        "Numbers for all rows are written under the lock. A column without them, a sequence for "
        "new rows and batches for the old ones give the same. If it is to be unique, build "
        "the index CONCURRENTLY.",
        (
            f"ALTER TABLE {table} ADD COLUMN {action.name} {kind};",
            f"CREATE SEQUENCE {sequence} AS {kind} OWNED BY {table}.{action.name};",
            *_filled(table, action.name, number, key),
            *not_null(table, action.name),
        ),
        alone=True,
    )


def _generated(table: str, action: Action, key: str) -> Steps:
    change = f"UPDATE {table} SET {action.name} = {action.generated}"
    return Steps(
        "A stored generated column is computed for every row under the lock. A plain column with a "
        "trigger for new rows and batches for the old ones is not.",
        (
            f"ALTER TABLE {table} ADD COLUMN {action.name} {action.type};",
            *kept_up_to_date(table, action.name, of_new_row(action.generated)),
            in_batches(table, key, change, f"{action.name} IS DISTINCT FROM ({action.generated})"),
        ),
        alone=True,
    )


def _change_type(table: str, action: Action, key: str) -> Steps:
    new, old = named(action.name, "new"), named(action.name, "old")
    value = action.using or f"{action.name}::{action.type}"
    change = f"UPDATE {table} SET {new} = {value}"
    trigger = named(table, new)
    return Steps(
        "Another column of the new type is filled in batches while a trigger keeps it up to date; "
        "then the two change names. Before that, build each index of the old column on the new one "
        "CONCURRENTLY, and give it the old one's DEFAULT, NOT NULL and constraints.",
        (
            f"ALTER TABLE {table} ADD COLUMN {new} {action.type};",
            *kept_up_to_date(table, new, of_new_row(value)),
            in_batches(table, key, change, f"{new} IS DISTINCT FROM ({value})"),
            "BEGIN;",
            f"DROP TRIGGER {trigger} ON {table};",
            f"ALTER TABLE {table} ALTER COLUMN {action.name} DROP NOT NULL;",
            f"ALTER TABLE {table} RENAME COLUMN {action.name} TO {old};",
            f"ALTER TABLE {table} RENAME COLUMN {new} TO {action.name};",
            "COMMIT;",
            f"DROP FUNCTION {trigger}();",
        ),
        alone=True,
    )


def _detach(table: str, action: Action, key: str) -> Steps:  # noqa: ARG001 - one interface
    return Steps(
        "CONCURRENTLY waits for others without keeping anybody out. It cannot run in a transaction "
        "block, nor while the table has a default partition.",
        (f"ALTER TABLE {table} DETACH PARTITION {action.partition} CONCURRENTLY;",),
        alone=True,
    )


_MAKERS: dict[str, Callable[[str, Action, str], Steps | None]] = {
    "SetNotNull": _set_not_null,
    "AddConstraint": _add_constraint,
    "AddColumn": _add_column,
    "AlterColumnType": _change_type,
    "DetachPartition": _detach,
}
