"""The verdict on a script, from the facts of its trace and from what was measured."""

from __future__ import annotations

import pytest
from tests.unit.guards.locks.histories import (
    ACCESS,
    EXCLUSIVE,
    SHARE,
    concluded,
    runs,
    statement,
    together,
    wait,
)

from twiceshy.model.scripts import Broken, Relation, ScriptRun
from twiceshy.model.verdict import Value

TIMEOUT = {"lock_timeout": 300}
INDEX = statement("CREATE INDEX i ON orders (total)", f"orders {SHARE}", scanned={"orders": 50_000})
ADD = statement("ALTER TABLE orders ADD COLUMN a int", f"orders {ACCESS}")
SHORT = statement("ALTER TABLE orders ADD COLUMN a int", f"orders {ACCESS}", **TIMEOUT)


def test_a_scan_under_a_lock_that_stops_writers_blocks():
    """Who builds an index reads every row while nobody may write."""
    found = concluded(runs(INDEX))
    assert (found.value, found.blocks, found.queues) == (Value.RECURS, True, True)


def test_the_same_scan_under_a_weak_lock_blocks_nobody():
    """VALIDATE reads as much, but lets others write."""
    validate = statement(
        "ALTER TABLE orders VALIDATE CONSTRAINT c",
        "orders ShareUpdateExclusiveLock",
        scanned={"orders": 50_000},
    )
    assert concluded(runs(validate)).value is Value.HOLDS


def test_a_small_table_is_read_in_no_time():
    """Forty rows, or two hundred and forty in production, keep nobody waiting."""
    small = statement("CREATE INDEX i ON customers (name)", f"customers {SHARE}", **TIMEOUT)
    assert concluded(runs(small)).value is Value.HOLDS


def test_a_table_that_is_small_here_and_large_in_production_blocks():
    """The rows of production count where they are known."""
    small = statement(
        "CREATE INDEX i ON customers (name)",
        f"customers {SHARE}",
        scanned={"customers": 40},
        **TIMEOUT,
    )
    found = concluded(runs(small), production={"customers": 4_000_000})
    assert found.blocks
    assert "4,000,000 rows" in found.findings[0].at_production


def test_a_table_that_is_large_here_and_small_in_production_does_not():
    """As above, the other way round."""
    index = statement(
        "CREATE INDEX i ON orders (total)",
        f"orders {SHARE}",
        scanned={"orders": 50_000},
        **TIMEOUT,
    )
    assert concluded(runs(index), production={"orders": 500}).value is Value.HOLDS


def test_a_lock_outlives_its_statement_until_commit():
    """What an earlier statement locked is locked while a later one reads."""
    read = statement("SELECT count(*) FROM orders", "", scanned={"orders": 50_000})
    assert concluded(runs(*together(SHORT, read))).blocks
    assert not concluded(runs(SHORT, read)).blocks


def test_the_finding_names_the_statement_that_works():
    """Not the one that took the lock in a blink."""
    update = statement("UPDATE orders SET a = 1", "", changed={"orders": 50_000})
    (finding,) = concluded(runs(*together(SHORT, update))).findings
    assert finding.statement == 1
    assert (finding.relation, finding.mode) == ("orders", ACCESS)


def test_many_rows_changed_at_once_block_their_writers():
    """No table is locked, but every row is, until the end."""
    update = statement(
        "UPDATE orders SET a = 1", "orders RowExclusiveLock", changed={"orders": 50_000}
    )
    found = concluded(runs(update))
    assert (found.blocks, found.queues) == (True, False)
    assert found.findings[0].mode == "row locks"


@pytest.mark.parametrize(
    "more",
    [
        {"changed": {"orders": 900}},
        {"changed": {"orders": 50_000}, "at_once": {"orders": 1_000}, "alone": True},
        {"changed": {"orders": 50_000}, "at_once": {"orders": 1_000}},
    ],
    ids=["few", "in batches", "by a procedure"],
)
def test_few_rows_at_a_time_block_nobody(more):
    """A batch that commits lets others in."""
    update = statement("UPDATE orders SET a = 1", "orders RowExclusiveLock", **more)
    assert concluded(runs(update)).value is Value.HOLDS


def test_new_rows_are_in_nobodys_way():
    """Nobody waits for a row that was not there."""
    insert = statement(
        "INSERT INTO orders SELECT 1", "orders RowExclusiveLock", changed={"orders": 50_000}
    )
    assert concluded(runs(insert)).value is Value.HOLDS


def test_an_index_that_is_locked_keeps_readers_of_its_table_out():
    """Planning opens every index of a table."""
    reindex = statement(
        "REINDEX INDEX orders_pkey", f"orders {SHARE}, orders_pkey {ACCESS}",
        rewrites=("orders_pkey",), **TIMEOUT,
    )  # fmt: skip
    found = concluded(runs(reindex))
    assert found.blocks
    assert found.findings[0].title.startswith("Reads and writes of orders")


def test_concurrently_blocks_nobody():
    """It holds a strong lock for a moment at the end, once nobody is in the way."""
    reindex = statement(
        "REINDEX TABLE CONCURRENTLY orders", f"orders_pkey {ACCESS}",
        rewrites=("orders_pkey",), scanned={"orders": 50_000}, alone=True,
    )  # fmt: skip
    assert concluded(runs(reindex)).value is Value.HOLDS


def test_nobody_writes_into_a_materialized_view():
    """Refreshing it CONCURRENTLY takes a lock that only keeps writers out."""
    refresh = statement(
        "REFRESH MATERIALIZED VIEW CONCURRENTLY totals",
        f"totals {EXCLUSIVE}",
        scanned={"orders": 50_000},
    )
    assert concluded(runs(refresh)).value is Value.HOLDS


def test_a_new_partition_was_nobodys_table():
    """Reading it under its lock before it is attached keeps nobody waiting."""
    attach = statement(
        "ALTER TABLE log ATTACH PARTITION log_may DEFAULT",
        f"log_may {ACCESS}",
        scanned={"log_may": 30_000},
        attached=("log_may",),
    )
    assert concluded(runs(attach)).value is Value.HOLDS


@pytest.mark.parametrize(("limit", "queues"), [(0, True), (300, False), (5000, True)])
def test_a_script_without_a_short_time_out_makes_a_queue(limit, queues):
    """A time-out of five seconds is five seconds of standing still."""
    add = statement("ALTER TABLE orders ADD COLUMN a int", f"orders {ACCESS}", lock_timeout=limit)
    found = concluded(runs(add))
    assert (found.queues, found.blocks) == (queues, False)


def test_the_missing_time_out_is_one_finding():
    """However many statements wait without it, one line mends them."""
    found = concluded(runs(ADD, ADD, ADD))
    (finding,) = found.findings
    assert finding.remedy.sql == "SET lock_timeout = '300ms';"
    assert "3 statements" in finding.title


def test_statement_timeout_stops_waiting_as_well():
    """Whichever is shorter."""
    add = statement(
        "ALTER TABLE orders ADD COLUMN a int", f"orders {ACCESS}", statement_timeout=300
    )
    assert concluded(runs(add)).value is Value.HOLDS


def test_nowait_never_queues():
    """It fails at once."""
    lock = statement("LOCK TABLE orders IN ACCESS EXCLUSIVE MODE NOWAIT", f"orders {ACCESS}")
    assert not concluded(runs(lock)).queues


def test_a_script_that_was_seen_to_give_up_makes_no_queue():
    """Its time-out may be set where no trace sees it, such as inside of a function."""
    gave_up = {"gave_up": True, "failure": "55P03 timeout", "failed_statement": 0}
    behind = ScriptRun("behind a reader", long=(0.0, 1.0), **gave_up)
    late = ScriptRun("behind a reader", long=(0.0, 1.0), waits=(wait(990, who="the queue"),))
    assert not concluded({**runs(ADD), "behind a reader": behind}).queues
    assert concluded({**runs(ADD), "behind a reader": late}).queues


def test_a_time_out_that_ends_halfway_protects_what_came_before():
    """The statement that gave up says nothing of those that were not reached."""
    gave_up = {"gave_up": True, "failure": "55P03 timeout", "failed_statement": 0}
    behind = ScriptRun("behind a reader", long=(0.0, 1.0), **gave_up)
    found = concluded(
        {**runs(SHORT, statement("RESET lock_timeout"), ADD), "behind a reader": behind}
    )
    assert found.queues
    assert found.findings[0].statement == 2


def test_a_time_out_that_works_is_believed_on_a_busy_machine():
    """Queries wait for longer than it, since their answers come late."""
    behind = ScriptRun("behind a reader", long=(0.0, 1.0), waits=(wait(640, who="the queue"),))
    assert concluded({**runs(SHORT), "behind a reader": behind}).value is Value.HOLDS


def test_a_queue_that_was_measured_counts_without_a_lock_in_the_trace():
    """A sequence, for instance."""
    behind = ScriptRun("behind a writer", long=(0.0, 1.0), waits=(wait(990, who="the queue"),))
    found = concluded({**runs(statement("SELECT 1")), "behind a writer": behind})
    assert found.queues


def test_a_lock_held_by_a_sleep_is_seen_twice():
    """Queries waited for it, and the trace held it for as long."""
    sleepy = together(
        statement("LOCK TABLE customers", f"customers {ACCESS}", **TIMEOUT),
        statement("SELECT pg_sleep(0.3)", "", began=0.01, seconds=0.3),
    )
    traffic = ScriptRun("traffic", sleepy, waits=(wait(300, 1),))
    assert concluded({**runs(*sleepy), "traffic": traffic}).blocks


def test_a_machine_that_stood_still_accuses_nobody():
    """A long wait that the trace knows nothing of is noise."""
    traffic = ScriptRun("traffic", (SHORT,), waits=(wait(900),))
    assert concluded({**runs(SHORT), "traffic": traffic}).value is Value.HOLDS
    slow = ScriptRun("traffic", (SHORT,), waits=(wait(900),), slowest=700)
    assert concluded({**runs(SHORT), "traffic": slow}).value is Value.HOLDS


def test_queries_that_fail_afterwards_are_a_finding():
    """With the statement that dropped or renamed what they name."""
    rename = statement("ALTER TABLE orders RENAME total TO sum", f"orders {ACCESS}", **TIMEOUT)
    broken = Broken("SELECT total FROM orders", "reader", "orders", "42703 no such column")
    after = ScriptRun("afterwards", broken=(broken,))
    found = concluded({**runs(rename), "afterwards": after})
    assert (found.value, len(found.breaks)) == (Value.RECURS, 1)
    assert found.findings[0].statement == 0
    assert "both names must work" in found.findings[0].remedy.says


@pytest.mark.parametrize(("rows", "breaks"), [(0, False), (3, True)])
def test_an_empty_table_may_be_dropped(rows, breaks):
    """Nothing tells that anybody queries it, and the scope says so."""
    drop = statement("DROP TABLE old", f"old {ACCESS}", dropped=("old",), **TIMEOUT)
    broken = Broken("SELECT 1 FROM old", "reader", "old", "42P01 no such table")
    old = {"old": Relation("old", "table", rows=rows)}
    found = concluded(
        {
            "trace": ScriptRun("trace", (drop,), relations=old),
            "traffic": ScriptRun("traffic", (drop,), broken=(broken,)),
        }
    )
    assert bool(found.breaks) == breaks
    assert any("used by nobody" in note for note in found.scope.notes) != breaks


def test_a_script_that_fails_recurs():
    """Whatever it locked."""
    found = concluded(runs(statement("ALTER TABLE nix ADD a int"), failure="42P01 no nix"))
    assert (found.value, found.fails) == (Value.RECURS, "42P01 no nix")


def test_a_time_out_of_the_script_itself_must_show_twice():
    """On a busy machine a statement may take too long once."""
    slow = runs(SHORT, failure="57014 canceling statement", gave_up=True)
    assert concluded(slow).fails
    assert not concluded({**slow, "traffic": ScriptRun("traffic", (SHORT,))}).fails


def test_without_a_trace_nothing_is_known():
    """Unknown, with the reason."""
    found = concluded({})
    assert found.value is Value.UNKNOWN
    assert found.reasons
