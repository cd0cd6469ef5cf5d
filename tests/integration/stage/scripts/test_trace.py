from __future__ import annotations

import pytest

from twiceshy.errors import ExtensionMissing
from twiceshy.stage.scripts.waiting import MODES

AE, SUE, SH, SRE, RE, RS = (
    "AccessExclusiveLock",
    "ShareUpdateExclusiveLock",
    "ShareLock",
    "ShareRowExclusiveLock",
    "RowExclusiveLock",
    "RowShareLock",
)


def strongest(run) -> dict[str, str]:
    """The strongest mode of each table over the whole script."""
    found: dict[str, str] = {}
    for statement in run.statements:
        for name, modes in statement.locks.items():
            if run.relations[name].kind != "index":
                found[name] = max([*modes, found.get(name, MODES[0])], key=MODES.index)
    return found


@pytest.mark.parametrize(
    ("sql", "wanted"),
    [
        ("ALTER TABLE sales ADD COLUMN seen int", {"sales": AE}),
        ("ALTER TABLE sales ADD FOREIGN KEY (client) REFERENCES clients", {"clients": SRE}),
        ("CREATE INDEX ON sales (amount)", {"sales": SH}),
        ("CREATE INDEX IF NOT EXISTS sales_state ON sales (state)", {"sales": SH}),
        ("CREATE INDEX CONCURRENTLY ON sales (amount)", {"sales": SUE}),
        ("DROP INDEX sales_state", {"sales": AE}),
        ("DROP INDEX CONCURRENTLY sales_state", {"sales": SUE}),
        ("REINDEX TABLE sales", {"sales": SH}),
        ("REINDEX TABLE CONCURRENTLY sales", {"sales": SUE}),
        # VACUUM alone commits without a trace: its lock is seen when it lasts long enough.
        pytest.param(
            "UPDATE sales SET units = 1; VACUUM sales", {"sales": SUE}, marks=pytest.mark.soak
        ),
        ("VACUUM FULL sales", {"sales": AE}),
        ("CLUSTER sales USING sales_pkey", {"sales": AE}),
        ("ANALYZE", {"sales": SUE, "clients": SUE}),
        ("REFRESH MATERIALIZED VIEW totals", {"totals": AE}),
        ("CREATE TABLE orders (client int REFERENCES clients)", {"clients": SRE}),
        ("COMMENT ON TABLE sales IS 'x'", {"sales": SUE}),
        ("TRUNCATE sales", {"sales": AE}),
        ("UPDATE sales SET amount = 1 WHERE id = 1", {"sales": RE}),
        ("BEGIN; SELECT FROM sales WHERE id = 1 FOR UPDATE; COMMIT", {"sales": RS}),
        ("BEGIN; LOCK TABLE sales IN SHARE MODE; COMMIT", {"sales": SH}),
        ("DROP VIEW paid", {"paid": AE}),
        ("ALTER TABLE visits DETACH PARTITION visits_1", {"visits": AE, "visits_1": AE}),
        ("ALTER TABLE visits DETACH PARTITION visits_1 CONCURRENTLY", {"visits": SUE}),
        ("DO $$ BEGIN EXECUTE 'ALTER TABLE sales ADD COLUMN hidden int'; END $$", {"sales": AE}),
        ("DO $$ BEGIN ALTER TABLE sales ADD COLUMN b int; COMMIT; END $$", {"sales": AE}),
    ],
)
def test_locks_of_a_script(bench, sql: str, wanted: dict[str, str]):
    """Each lock is seen, of statements that commit by themselves too, and of no-ops."""
    run = bench.play(sql)
    assert run.failure == ""
    found = strongest(run)
    assert {name: found.get(name) for name in wanted} == wanted


def test_single_commits_are_never_missed(bench):
    """Forty short statements, each in a transaction of its own: forty locks."""
    sql = "".join(f"ALTER TABLE sales ADD COLUMN c{n} int;\n" for n in range(40))
    run = bench.play(sql)
    assert [AE in s.locks["sales"] for s in run.statements] == [True] * 40
    assert [s.line for s in run.statements] == list(range(1, 41))


def test_counters_and_storage(bench):
    """Rows read, rows written, new storage; and what TRUNCATE empties is no rewrite."""
    run = bench.play(
        """
        UPDATE sales SET amount = amount + 1 WHERE id <= 700;
        UPDATE sales SET amount = amount + 1 WHERE id <= 70;
        ALTER TABLE sales ALTER COLUMN units TYPE bigint;
        VACUUM FULL clients;
        TRUNCATE sales;
        """
    )
    first, second, widened, vacuumed, emptied = run.statements
    assert first.changed == {"sales": 700}
    assert second.changed == {"sales": 70}
    assert widened.scanned["sales"] >= 3000
    assert "sales" in widened.rewrites
    assert vacuumed.alone
    assert "clients" in vacuumed.rewrites
    assert emptied.rewrites == ()
    assert "sales" in emptied.emptied


def test_rows_between_two_commits(bench):
    """A loop that commits changes few rows at once, whatever it changes in all."""
    loop = """DO $$ BEGIN FOR n IN 0..9 LOOP
      UPDATE sales SET amount = 0 WHERE id > n * 300 AND id <= (n + 1) * 300; COMMIT;
    END LOOP; END $$"""
    (statement,) = bench.play(loop).statements
    assert statement.changed["sales"] == 3000
    assert statement.at_once["sales"] < 900


def test_time_outs_in_force(bench):
    """SET LOCAL outside of a transaction has no effect, in one it ends with it."""
    run = bench.play(
        """
        SET LOCAL lock_timeout = '1s';
        SELECT 1;
        BEGIN; SET LOCAL lock_timeout = '300ms'; SELECT 2; COMMIT;
        SELECT 3;
        SET statement_timeout = '1min';
        SELECT 4;
        """,
        settings=(("lock_timeout", "7s"),),
    )
    found = {s.sql: (s.lock_timeout, s.statement_timeout) for s in run.statements}
    assert found["SELECT 1"] == (7000, 0)
    assert found["SELECT 2"] == (300, 0)
    assert found["SELECT 3"] == (7000, 0)
    assert found["SELECT 4"] == (7000, 60000)


def test_transactions_hold_what_their_statements_took(bench):
    """Locks add up until COMMIT; isolation can still be chosen first."""
    run = bench.play(
        """BEGIN; SET TRANSACTION ISOLATION LEVEL SERIALIZABLE;
        ALTER TABLE sales ADD COLUMN a int; ALTER TABLE clients ADD COLUMN a int; COMMIT;
        SELECT 1;"""
    )
    assert run.failure == ""
    *_, second, commit, after = run.statements
    assert second.locks.keys() >= {"sales", "clients"}
    assert "sales" not in second.taken
    assert commit.locks.keys() >= {"sales", "clients"}
    assert len({s.transaction for s in run.statements}) == 2
    assert after.locks == {}


def test_what_a_script_makes_is_not_among_the_relations_it_locks(bench):
    """New tables are nobody's; they are named, and what was attached is."""
    run = bench.play(
        """CREATE TABLE fresh (id int PRIMARY KEY); CREATE INDEX ON fresh (id);
        CREATE TABLE visits_3 (LIKE visits);
        ALTER TABLE visits ATTACH PARTITION visits_3
          FOR VALUES FROM ('2022-01-01') TO ('2023-01-01');
        DROP VIEW paid;"""
    )
    assert "fresh" in run.statements[0].new_relations
    assert not {"fresh", "visits_3"} & {n for s in run.statements for n in s.locks}
    assert run.statements[-1].dropped == ("paid",)


def test_a_failure_is_told_with_its_place(bench):
    """The script stops there; what had committed before stays seen."""
    run = bench.play("ALTER TABLE sales ADD COLUMN a int;\nSELECT 1/0;\nSELECT 2;")
    assert run.failure == "22012 division by zero"
    assert run.failed_statement == 1
    assert len(run.statements) == 2
    concurrently = bench.play("CREATE UNIQUE INDEX CONCURRENTLY ON sales (state)")
    assert concurrently.failure.startswith("23505")
    assert strongest(concurrently) == {"sales": SUE}


def test_one_transaction_for_all(bench):
    """What cannot run in a transaction fails where the whole script is one."""
    run = bench.play("CREATE INDEX CONCURRENTLY ON sales (amount)", single_transaction=True)
    assert run.failure.startswith("25001")


def test_procedures_that_commit(bench):
    """A CALL whose text does not tell is tried again without a transaction round it."""
    run = bench.play(
        """CREATE PROCEDURE p() LANGUAGE plpgsql AS
        'BEGIN UPDATE sales SET amount = 1; COMMIT; ALTER TABLE sales ADD COLUMN a int; END';
        CALL p();"""
    )
    assert run.failure == ""
    assert AE in run.statements[1].locks["sales"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"ALTER TABEL sales;", "42601"),
        (b"ALTER TABLE nobody ADD COLUMN a int;", "42P01"),
        (b"SET ROLE nobody_special; ALTER TABLE sales ADD COLUMN a int;", "42501"),
        (b"UPDATE sales SET note = 'Andr\xe9';", "22021"),
        (b"LOCK TABLE sales", "25P01"),
        (b"-- nothing\n", ""),
        (b"\\set ON_ERROR_STOP on\nSELECT 1;", ""),
    ],
)
def test_bad_input(one_bench, text: bytes, said: str):
    """Whatever a script holds, it ends, with an SQLSTATE where it fails."""
    run = one_bench.bytes(text)
    assert run.failure.startswith(said) if said else not run.failure
    assert run.notes or run.statements or run.failure


def test_an_endless_statement_is_stopped(one_bench):
    """Nothing goes on past its time."""
    run = one_bench.play("DO $$ BEGIN LOOP PERFORM 1; END LOOP; END $$", seconds=0.3)
    assert run.failure.startswith("57014")
    assert run.seconds < 30


def test_a_session_that_ends_itself(one_bench):
    """The script fails, and the server goes on."""
    run = one_bench.play("SELECT pg_terminate_backend(pg_backend_pid())")
    assert run.failure[:5] in {"57P01", "08006"}
    assert one_bench.play("SELECT 1").failure == ""


def test_data_of_copy_and_scripts_before(one_bench):
    """COPY reads its data from the script; what earlier scripts made is there."""
    from twiceshy.model.scripts import Script

    earlier = (Script("1.sql", b"CREATE TABLE bags (a int);"), Script("2.sql", b"SELECT 1;"))
    run = one_bench.play("COPY bags FROM STDIN;\n1\n2\n\\.\n", earlier=earlier)
    assert run.failure == ""
    assert run.statements[0].changed == {"bags": 2}


def test_extensions(one_bench):
    """One that plain SQL can stand in for does; another that is not there is no verdict."""
    run = one_bench.play('CREATE EXTENSION "uuid-ossp"; SELECT uuid_generate_v4();')
    assert run.failure == ""
    assert any("stand-ins" in note for note in run.notes)
    with pytest.raises(ExtensionMissing, match="no_such_thing"):
        one_bench.play("CREATE EXTENSION no_such_thing")
