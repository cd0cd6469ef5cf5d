"""Remedies for statements that do too much while they keep others out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twiceshy.guards.locks.remedies.alter import gentle
from twiceshy.guards.locks.remedies.steps import TIMEOUT, Steps, in_batches, named
from twiceshy.model.locking import Remedy
from twiceshy.postgres.shapes import index_on, shape_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from twiceshy.guards.locks.facts import Exposure
    from twiceshy.model.scripts import ScriptRun, ScriptStatement
    from twiceshy.postgres.shape import Shape

_ALONE = "Run it outside of a transaction block, in a file of its own if the tool opens one."
_SPLIT = (
    "The lock that an earlier statement took is held until COMMIT. Let each statement commit by "
    "itself, so that this one runs under its own, weaker lock."
)
_SORTED_OUT = frozenset({"transaction", "variableset"})
_INVALID = (
    "When it fails it leaves an invalid index behind: drop that CONCURRENTLY before the next try."
)


def remedy_for_work(statement: ScriptStatement, exposure: Exposure, trace: ScriptRun) -> Remedy:
    """What to run in place of a statement that keeps others waiting."""
    shape = shape_of(statement.sql)
    if _only_held(statement, exposure):
        return _split(exposure, trace)
    maker = _MAKERS.get(shape.tag)
    steps = maker(statement, shape, trace) if maker else None
    if steps is None or _same(steps, shape):
        hidden = shape.tag == "select" and not shape.locks_rows
        return Remedy(_HIDDEN if hidden else _PRINCIPLES.get(shape.tag, _principle(shape)))
    says = steps.says + (f" {_ALONE}" if steps.alone else "")
    if any("batch_from" in line for line in steps.statements):
        says += _stands_for(shape.table, trace)
    return Remedy(says, "\n".join([TIMEOUT, *steps.statements]))


def _same(steps: Steps, shape: Shape) -> bool:
    """Whether the steps say nothing but what the script says already."""
    said = [f"ALTER TABLE {shape.table} {action.text};" for action in shape.actions]
    return list(steps.statements) == said


def key_of(table: str, trace: ScriptRun) -> str:
    """The column that a table's rows are numbered by: that of its primary key, else `id`."""
    return _primary(table, trace) or "id"


def _primary(table: str, trace: ScriptRun) -> str:
    for relation in trace.relations.values():
        if relation.table == table and len(relation.columns) == 1:
            return named(relation.columns[0])
    return ""


def _stands_for(table: str, trace: ScriptRun) -> str:
    """What to know of a key that was guessed."""
    if _primary(_plain(table), trace):
        return ""
    return " (id stands for a column with a unique index; put its name there.)"


def _only_held(statement: ScriptStatement, exposure: Exposure) -> bool:
    """Whether the statement would keep nobody out were it alone in its transaction."""
    grip = exposure.grip
    if grip is None or len(exposure.transaction.statements) < 2 or exposure.work == "time":
        return False
    taken = {mode for modes in statement.taken.values() for mode in modes}
    return grip.mode not in taken and not grip.fresh


def _split(exposure: Exposure, trace: ScriptRun) -> Remedy:
    lines = [TIMEOUT]
    for statement in exposure.transaction.statements:
        shape = shape_of(statement.sql)
        if shape.tag in _SORTED_OUT or shape.tag == "lock table":
            continue
        maker = {"update": _update, "delete": _delete}.get(shape.tag)
        steps = maker(statement, shape, trace) if maker and statement.changed else None
        if steps is not None and sum(statement.changed.values()) > 1000:
            lines += steps.statements
        else:
            lines.append(statement.sql.rstrip("; \n") + ";")
    return Remedy(_SPLIT, "\n".join(lines), whole=True)


# -- statement by statement -------------------------------------------------------------------


def _create_index(statement: ScriptStatement, shape: Shape, trace: ScriptRun) -> Steps | None:
    says = "CONCURRENTLY builds the index while people write."
    parts = [r.name for r in trace.relations.values() if r.parent == _plain(shape.table)]
    if parts:
        return _index_of_partitions(statement.sql, shape, parts)
    if not shape.gentle:
        return None
    return Steps(f"{says} {_INVALID}", (f"{shape.gentle};",), alone=True)


def _index_of_partitions(sql: str, shape: Shape, parts: list[str]) -> Steps:
    name = shape.name or named(shape.table, "idx")
    lines = [index_on(sql, shape.table, name, only=True, concurrently=False) + ";"]
    for part in parts:
        own = named(part, name)
        lines.append(index_on(sql, part, own, only=False, concurrently=True) + ";")
        lines.append(f"ALTER INDEX {name} ATTACH PARTITION {own};")
    return Steps(
        "A partitioned table has no CONCURRENTLY: the index begins on the parent only, each "
        "partition gets its own CONCURRENTLY, and those are attached.",
        tuple(lines),
        alone=True,
    )


def _plain(name: str) -> str:
    return name.replace('"', "").removeprefix("public.")


def _drop_index(statement: ScriptStatement, shape: Shape, trace: ScriptRun) -> Steps | None:  # noqa: ARG001 - one interface
    return Steps(
        "CONCURRENTLY waits for others without keeping anybody out.", (shape.gentle,), alone=True
    )


def _reindex(statement: ScriptStatement, shape: Shape, trace: ScriptRun) -> Steps | None:  # noqa: ARG001 - one interface
    if not shape.gentle:
        return None
    says = "CONCURRENTLY builds each index anew beside the old one, while people read and write."
    return Steps(f"{says} {_INVALID}", (shape.gentle,), alone=True)


def _vacuum_full(statement: ScriptStatement, shape: Shape, trace: ScriptRun) -> Steps | None:  # noqa: ARG001 - one interface
    tables = ", ".join(shape.tables)
    lines = [f"VACUUM (ANALYZE) {tables};" if tables else "VACUUM (ANALYZE);"]
    lines += [f"REINDEX TABLE CONCURRENTLY {table};" for table in shape.tables]
    return Steps(
        "VACUUM FULL copies the table while nobody may even read it. Plain VACUUM makes the space "
        "usable again and keeps nobody out, and REINDEX CONCURRENTLY shrinks the indexes. To give "
        "space back to the disk, use the extension pg_repack, at a quiet hour.",
        tuple(lines),
        alone=True,
    )


def _update(statement: ScriptStatement, shape: Shape, trace: ScriptRun) -> Steps | None:  # noqa: ARG001 - one interface
    if not shape.plain_target or not shape.parts:
        return None
    change = f"UPDATE {shape.table} SET {shape.parts}"
    batches = in_batches(shape.table, key_of(_plain(shape.table), trace), change, shape.condition)
    return Steps(_BATCHES, (batches,), alone=True)


def _delete(statement: ScriptStatement, shape: Shape, trace: ScriptRun) -> Steps | None:  # noqa: ARG001 - one interface
    if not shape.plain_target:
        return None
    change = f"DELETE FROM {shape.table}"
    batches = in_batches(shape.table, key_of(_plain(shape.table), trace), change, shape.condition)
    return Steps(_BATCHES, (batches,), alone=True)


_BATCHES = (
    "Rows stay locked until the transaction ends. Batches of a thousand, each committed by itself, "
    "let others in between."
)


def _refresh(statement: ScriptStatement, shape: Shape, trace: ScriptRun) -> Steps | None:  # noqa: ARG001 - one interface
    unique = any(
        r.kind == "index" and r.table == _plain(shape.name) for r in trace.relations.values()
    )
    if not unique:
        return None
    return Steps(
        "CONCURRENTLY lets people read the old rows meanwhile; it needs a unique index.",
        (shape.gentle,),
    )


def _alter(statement: ScriptStatement, shape: Shape, trace: ScriptRun) -> Steps | None:  # noqa: ARG001 - one interface
    key = key_of(_plain(shape.table), trace)
    found = [gentle(shape.table, action, key) for action in shape.actions]
    steps = [each for each in found if each is not None]
    if len(steps) != len(found) or not steps:
        return None
    says = " ".join(dict.fromkeys(each.says for each in steps if each.says))
    if len(steps) > 1:
        says += " What is quick comes by itself, so that its lock is short."
    statements = tuple(line for each in steps for line in each.statements)
    return Steps(says.strip(), statements, any(each.alone for each in steps))


_MAKERS: dict[str, Callable[[ScriptStatement, Shape, ScriptRun], Steps | None]] = {
    "create index": _create_index,
    "create unique index": _create_index,
    "drop index": _drop_index,
    "reindex": _reindex,
    "vacuum full": _vacuum_full,
    "update": _update,
    "delete": _delete,
    "refresh": _refresh,
    "alter table": _alter,
}

_HIDDEN = (
    "What locks the table stands inside of a function or a DO block, where forms that keep "
    "nobody waiting (CONCURRENTLY, steps that commit) cannot run. Write its statements as plain "
    "SQL in the script; rehearsed so, each gets its own remedy."
)
_PRINCIPLES = {
    "cluster": "CLUSTER copies the table while nobody may even read it. pg_repack sorts a table by "
    "an index in the background (pg_repack --table=... --order-by=...), and needs its lock for a "
    "moment at both ends.",
    "lock table": "Lock the rows that matter (SELECT ... FOR UPDATE of a few, or an advisory lock) "
    "in place of the table, and keep the transaction short.",
    "truncate": "Delete in batches, or write into a new table and exchange the two by name.",
    "select": "Lock rows in portions that commit: SELECT ... ORDER BY key LIMIT 1000 FOR UPDATE "
    "SKIP LOCKED.",
    "do": _HIDDEN,
    "call": _HIDDEN,
    "alter domain": "Each table with a column of the domain is read under its lock. Put a CHECK "
    "on those columns with NOT VALID, VALIDATE it by itself, and leave the domain as it is.",
    "merge": "Rows stay locked until the transaction ends: merge by ranges of the key, each range "
    "committed by itself.",
    "refresh": "A unique index on the view (over plain columns, without WHERE) allows REFRESH "
    "MATERIALIZED VIEW CONCURRENTLY.",
}
_BY_ACTION = {
    "AddColumn": "Every row gets its value under the lock, as the type itself (a domain with a "
    "constraint or a default) demands. Add the column with the plain type, put the condition on it "
    "as a CHECK with NOT VALID, and VALIDATE that by itself.",
    "AddConstraint": "An exclusion constraint can only be built under the lock. Make a new table "
    "that has it, copy in batches, and exchange the two by name.",
    "SetLogged": "The whole table is written anew. Make a new table of the wanted sort, copy in "
    "batches with a trigger for what changes meanwhile, and exchange the two by name.",
    "SetTableSpace": "The whole table is copied under the lock. pg_repack --tablespace moves it in "
    "the background.",
    "AttachPartition": "Rows of the default partition are read under its lock. Give the default "
    "partition a CHECK that excludes the new range (NOT VALID, then VALIDATE by itself) first.",
}


def _principle(shape: Shape) -> str:
    for action in shape.actions:
        sort = "SetLogged" if action.sort == "SetUnLogged" else action.sort
        if sort in _BY_ACTION:
            return _BY_ACTION[sort]
    return (
        "Make what is locked smaller and the time shorter: steps that commit by themselves, the "
        "slow part in one that takes a weaker lock."
    )
