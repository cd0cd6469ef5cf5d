from __future__ import annotations


def waits(run, who: str) -> list[float]:
    """Milliseconds of the waits behind the script, or in the queue behind it."""
    return [wait.milliseconds for wait in run.waits if wait.blocker.who == who]


def test_queries_wait_for_a_script_that_holds_a_lock(bench):
    """Who waited, for which relation, for which statement."""
    sql = "BEGIN; ALTER TABLE sales ADD COLUMN a int; SELECT pg_sleep(0.4); COMMIT"
    run = bench.play(sql, "traffic", "sales", "clients")
    assert run.failure == ""
    assert max(waits(run, "the script")) >= 250
    longest = max(run.waits, key=lambda wait: wait.milliseconds)
    assert (longest.relation, longest.blocker.relation) == ("sales", "sales")
    assert longest.blocker.mode == "AccessExclusiveLock"
    assert {wait.kind for wait in run.waits} == {"reader", "writer"}
    assert all(wait.relation == "sales" for wait in run.waits)
    assert any(held.relation == "sales" and held.ended - held.began > 0.25 for held in run.held)


def test_readers_do_not_wait_for_what_only_stops_writers(bench):
    """SHARE lets readers through."""
    sql = "BEGIN; LOCK TABLE sales IN SHARE MODE; SELECT pg_sleep(0.4); COMMIT"
    run = bench.play(sql, "traffic", "sales")
    assert {wait.kind for wait in run.waits} == {"writer"}


def test_rows_can_be_waited_for_as_well(bench):
    """A script that has locked every row keeps writers out, and no table lock tells."""
    sql = "BEGIN; UPDATE sales SET amount = 0; SELECT pg_sleep(0.4); COMMIT"
    run = bench.play(sql, "traffic", "sales")
    assert any(wait.row and wait.milliseconds > 200 for wait in run.waits)


def test_a_queue_behind_a_script_that_waits_for_a_reader(bench):
    """The reader is in nobody's way but the script's, and everybody waits."""
    run = bench.play("ALTER TABLE sales ADD COLUMN a int", "behind a reader", "sales")
    assert max(waits(run, "the queue")) >= 500
    assert run.long is not None
    assert run.long[1] - run.long[0] >= 1.0


def test_a_queue_of_writers_behind_a_script_that_waits_for_a_writer(bench):
    """CREATE TRIGGER waits for writers only."""
    sql = """CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
    CREATE TRIGGER t BEFORE UPDATE ON sales FOR EACH ROW EXECUTE FUNCTION f()"""
    reader = bench.play(sql, "behind a reader", "sales")
    assert not any(wait >= 400 for wait in waits(reader, "the queue"))
    writer = bench.play(sql, "behind a writer", "sales")
    assert max(waits(writer, "the queue")) >= 500


def test_a_time_out_ends_the_queue(bench):
    """The script gives up, and says so by its SQLSTATE."""
    sql = "SET lock_timeout = '150ms'; ALTER TABLE sales ADD COLUMN a int"
    run = bench.play(sql, "behind a reader", "sales")
    assert run.failure.startswith("55P03")
    assert run.gave_up
    assert max(waits(run, "the queue"), default=0.0) < 500


def test_what_needs_nobody_to_wait(bench):
    """CREATE INDEX CONCURRENTLY beside traffic and behind a reader."""
    for phase in ("traffic", "behind a reader"):
        run = bench.play("CREATE INDEX CONCURRENTLY ON sales (amount)", phase, "sales")
        assert run.failure == ""
        assert not run.waits
        assert run.queries > 3


def test_queries_that_a_script_breaks(bench):
    """A column that is gone breaks readers and writers, the others still work."""
    run = bench.play("ALTER TABLE sales RENAME COLUMN note TO remark", "traffic", "sales")
    assert {broken.kind for broken in run.broken} == {"reader", "writer"}
    assert {broken.error[:5] for broken in run.broken} == {"42703"}
    again = bench.play("ALTER TABLE sales RENAME COLUMN note TO remark", "afterwards", "sales")
    assert len(again.broken) == len(run.broken)
    fine = bench.play("ALTER TABLE sales ADD COLUMN a int", "afterwards", "sales", "paid")
    assert fine.broken == ()


def test_rows_that_find_no_partition_any_more(bench):
    """Applications write into the table as a whole."""
    sql = "ALTER TABLE visits DETACH PARTITION visits_1"
    run = bench.play(sql, "afterwards", "visits", "visits_1")
    assert any(broken.error.startswith("23514") for broken in run.broken)


def test_a_transaction_left_open_ends_with_the_script(one_bench):
    """Nobody waits for it forever."""
    run = one_bench.play("BEGIN; ALTER TABLE sales ADD COLUMN a int", "traffic", "sales")
    assert run.failure == ""
    assert any("open" in note for note in run.notes)
    assert run.seconds < 20
