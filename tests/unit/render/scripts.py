"""A rehearsed script as the judge would conclude it, with all that can be drawn."""

from __future__ import annotations

from twiceshy.model.exhibits import Lane, Lanes, Span
from twiceshy.model.locking import Conclusion, LockFinding, Remedy, Waiting
from twiceshy.model.scripts import Broken, ScriptStatement
from twiceshy.model.verdict import Scope, Value

INDEX = "CREATE INDEX orders_total_idx ON orders (total)"
LANES = Lanes(
    "The script beside queries",
    0.5,
    (
        Lane("line 2", "statement", (Span(0.1, 0.4),), INDEX),
        Lane("orders", "lock", (Span(0.05, 0.1, waits=True), Span(0.1, 0.4)), "SHARE"),
        Lane(
            "UPDATE orders SET total = 1",
            "query",
            (Span(0.15, 0.4, waits=True, says="250 ms", behind="line 2"),),
        ),
    ),
)
BLOCKS = LockFinding(
    harm="blocks",
    title=f"Writes of orders wait for `{INDEX}`: it reads 9,000 rows under its SHARE lock",
    statement=1,
    line=2,
    sql=INDEX,
    relation="orders",
    mode="ShareLock",
    also=("customers",),
    waited=250.0,
    waiting=(
        Waiting("POST /orders", "orders", 3, 250.0, "status 500"),
        Waiting("UPDATE orders SET total = 1", "orders", 1, 240.0),
    ),
    seen="held for 260 ms",
    at_production="0.8 s to 4.7 s with 54,000 rows in orders",
    remedy=Remedy("Build it CONCURRENTLY.", "CREATE INDEX CONCURRENTLY i ON orders (total);"),
    drawing=LANES,
)
BREAKS = LockFinding(
    harm="breaks",
    title="After `DROP TABLE <old>` 1 query on old fails",
    line=3,
    sql="DROP TABLE old",
    relation="old",
    waiting=(Waiting("SELECT 1 FROM old | x", "old", 1, 0.0),),
    seen="42P01 no @everybody",
    remedy=Remedy("Move the application over first."),
)
STATEMENTS = (
    ScriptStatement("SET x = 1", 1),
    ScriptStatement(INDEX, 2, locks={"orders": ("ShareLock",)}, scanned={"orders": 9000}),
)
SCOPE = Scope(("a.sql: beside queries",), (("GET /x/{id}", "no id"),), ("a note",), "PostgreSQL 18")
BAD = Conclusion(
    "db/a.sql",
    Value.RECURS,
    blocks=True,
    breaks=(Broken("SELECT 1 FROM old", "reader", "old", "42P01 no old"),),
    findings=(BLOCKS, BREAKS),
    statements=STATEMENTS,
    scope=SCOPE,
)
GOOD = Conclusion("db/b.sql", Value.HOLDS, scope=SCOPE)
DOUBTFUL = Conclusion("db/c.sql", Value.UNKNOWN, reasons=("the server went away",))
