"""Rehearsals of scripts in a few lines: what was locked, what was read, who waited."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from twiceshy.guards.locks.judge import Limits, conclusion_of
from twiceshy.model.scripts import (
    Blocker,
    Phase,
    Relation,
    Script,
    ScriptRun,
    ScriptStatement,
    Wait,
)

if TYPE_CHECKING:
    from twiceshy.model.locking import Conclusion

SHARE, EXCLUSIVE, ACCESS = "ShareLock", "ExclusiveLock", "AccessExclusiveLock"
ORDERS = Relation("orders", "table", rows=50_000)
TABLES = {
    relation.name: relation
    for relation in (
        ORDERS,
        Relation("customers", "table", rows=40),
        Relation("totals", "materialized view", rows=20_000),
        Relation("log", "partitioned table", rows=30_000),
        Relation("log_may", "table", rows=30_000, parent="log"),
        Relation("orders_pkey", "index", table="orders"),
    )
}
SCRIPT = Script("change.sql")


def statement(sql: str, locks: str = "", **more: Any) -> ScriptStatement:
    """A statement with `orders ShareLock, customers ...` taken by itself."""
    pairs = [pair.split() for pair in locks.split(",") if pair.strip()]
    taken = {name: (mode,) for name, mode in pairs}
    return ScriptStatement(sql, more.pop("line", 1), locks=taken, taken=taken, **more)


def together(*statements: ScriptStatement) -> tuple[ScriptStatement, ...]:
    """Statements of one transaction: what was locked stays locked."""
    held: dict[str, tuple[str, ...]] = {}
    found = []
    for place, one in enumerate(statements):
        for name, modes in one.locks.items():
            held[name] = tuple(dict.fromkeys([*held.get(name, ()), *modes]))
        values = {field: getattr(one, field) for field in one.__slots__}
        values |= {"locks": dict(held), "transaction": 7, "in_transaction": True}
        values |= {"line": place + 1}
        found.append(ScriptStatement(**values))
    return tuple(found)


def wait(milliseconds: float, statement: int = 0, who: str = "the script", **more: Any) -> Wait:
    """A query on orders that waited."""
    blocker = Blocker(who, statement, "orders", ACCESS)
    return Wait("SELECT 1 FROM orders", "reader", "orders", blocker, 0.1, milliseconds, **more)


def runs(*statements: ScriptStatement, **more: Any) -> dict[Phase, ScriptRun]:
    """The trace of some statements."""
    return {"trace": ScriptRun("trace", statements, relations=TABLES, server="PostgreSQL", **more)}


def concluded(found: dict[Phase, ScriptRun], **limits: Any) -> Conclusion:
    """What the judge says of it."""
    return conclusion_of(SCRIPT, found, Limits(**limits))
