from __future__ import annotations

AE, SH = "AccessExclusiveLock", "ShareLock"


def locks(run) -> dict[str, dict[str, tuple[str, ...]]]:
    """Locks by statement."""
    return {statement.sql: dict(statement.locks) for statement in run.statements}


def test_simple_and_extended_protocol(bench, tmp_path):
    """Whatever a driver speaks, each statement is followed, in transactions and by itself."""
    run = bench.command(
        """
with psycopg.connect(url) as c:
    c.execute("ALTER TABLE sales ADD COLUMN a int")
    c.execute("UPDATE sales SET a = %s WHERE id < %s", [1, 100])
with psycopg.connect(url, autocommit=True) as c:
    c.execute("CREATE INDEX IF NOT EXISTS sales_state ON sales (state)")
    c.execute("CREATE INDEX CONCURRENTLY ON sales (amount)")
    c.execute("VACUUM FULL clients")
    assert c.execute("SELECT count(*) FROM sales WHERE id > %s", [5], prepare=True).fetchone()
    with c.pipeline():
        c.execute("SELECT 1")
        c.execute("DELETE FROM sales WHERE id = %s", [7])
    with psycopg.ClientCursor(c) as cursor:
        cursor.execute("SELECT 1; ALTER TABLE clients ADD COLUMN b int")
""",
        tmp_path,
    )
    assert run.failure == ""
    found = locks(run)
    assert AE in found["ALTER TABLE sales ADD COLUMN a int"]["sales"]
    assert AE in found["UPDATE sales SET a = $1 WHERE id < $2"]["sales"]
    assert found["CREATE INDEX IF NOT EXISTS sales_state ON sales (state)"] == {"sales": (SH,)}
    assert AE in found["VACUUM FULL clients"]["clients"]
    assert AE in found["SELECT 1; ALTER TABLE clients ADD COLUMN b int"]["clients"]
    changed = {s.sql: s.changed for s in run.statements if s.changed}
    assert changed["UPDATE sales SET a = $1 WHERE id < $2"] == {"sales": 99}


def test_copy_in_both_directions(bench, tmp_path):
    """Data flows through as it is."""
    run = bench.command(
        """
with psycopg.connect(url, autocommit=True) as c:
    with c.cursor().copy("COPY clients (id, name) FROM STDIN") as copy:
        for n in range(1000, 1500):
            copy.write_row((n, "x" * 200))
    with c.cursor().copy("COPY clients TO STDOUT") as copy:
        assert sum(1 for _ in copy.rows()) == 550
""",
        tmp_path,
    )
    assert run.failure == ""
    assert run.statements[0].changed == {"clients": 500}


def test_requests_to_cancel_reach_the_server(one_bench, tmp_path):
    """A driver can stop what it has asked for."""
    run = one_bench.command(
        """
import threading, time
with psycopg.connect(url, autocommit=True) as c:
    timer = threading.Timer(0.3, c.cancel)
    timer.start()
    began = time.monotonic()
    try:
        c.execute("SELECT pg_sleep(30)")
    except psycopg.errors.QueryCanceled:
        assert time.monotonic() - began < 20
    else:
        raise SystemExit(1)
    timer.join()
""",
        tmp_path,
    )
    assert run.failure == ""
    assert run.statements[-1].error.startswith("57014")


def test_tls_is_declined(one_bench, tmp_path):
    """A driver that insists on it is told no; one that prefers it goes on without."""
    run = one_bench.command(
        """
try:
    psycopg.connect(url, sslmode="require")
except psycopg.OperationalError as error:
    assert "SSL" in str(error), error
else:
    raise SystemExit(1)
psycopg.connect(url, sslmode="prefer", gssencmode="prefer").close()
""",
        tmp_path,
    )
    assert run.failure == ""


def test_errors_reach_the_client_and_only_the_last_counts(one_bench, tmp_path):
    """What a command catches is its own affair; also a COMMIT of ours that fails is told."""
    run = one_bench.command(
        """
with psycopg.connect(url, autocommit=True) as c:
    c.execute("CREATE TABLE late (a int UNIQUE DEFERRABLE INITIALLY DEFERRED)")
    for sql, error in (
        ("SELECT no", psycopg.errors.UndefinedColumn),
        ("LOCK TABLE sales", psycopg.errors.NoActiveSqlTransaction),
        ("INSERT INTO late VALUES (1), (1)", psycopg.errors.UniqueViolation),
    ):
        try:
            c.execute(sql)
        except error:
            pass
        else:
            raise SystemExit(1)
    assert c.execute("SELECT count(*) FROM late").fetchone() == (0,)
""",
        tmp_path,
    )
    assert run.failure == ""
    assert [s.error[:5] for s in run.statements if s.error] == ["42703", "25P01", "23505"]
    failing = one_bench.command("psycopg.connect(url).execute('SELECT nothing')", tmp_path)
    assert failing.failure.startswith("42703")


def test_a_command_beside_traffic(one_bench, tmp_path):
    """Its sessions are known to those who look for waits."""
    run = one_bench.command(
        """
import time
with psycopg.connect(url) as c:
    c.execute("ALTER TABLE sales ADD COLUMN a int")
    time.sleep(0.4)
""",
        tmp_path,
        "traffic",
        "sales",
    )
    assert run.failure == ""
    assert max(wait.milliseconds for wait in run.waits) > 200
    assert any("ALTER TABLE" in statement.sql for statement in run.statements)
