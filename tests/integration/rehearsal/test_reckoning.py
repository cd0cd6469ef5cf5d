"""The account of a ledger after its run: by itself, with rows of a file, and of a database."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from twiceshy.errors import CannotTell, UsageError
from twiceshy.model.ledger import Attempt, Detail, Intent, Outcome
from twiceshy.rehearsal.ledgers import BEFORE, RECORDED, describe, keep_all
from twiceshy.rehearsal.reckoning import reckon
from unit.traffic.load.test_ledger import write

KEYS = [f"018f2a6e-0000-8000-8000-{number:012x}" for number in range(4)]
ROWS = [(key, 500) for key in KEYS]
QUERY = "SELECT key, amount FROM receipts"


def entries(number):
    """One payment that was acknowledged."""
    return [
        Intent(number, KEYS[number], 500, number * 1000),
        Attempt(number, 1, Outcome.ACKED, Detail.ANSWERED, 201, number * 1000, number * 1000 + 99),
    ]


@pytest.fixture
def ledger(tmp_path):
    """Four payments, sent by two processes, one of which was stopped."""
    folder = tmp_path / "peak"
    folder.mkdir()
    write(folder / "0.ledger", [*entries(0), *entries(2)], finish=True)
    write(folder / "1.ledger", [*entries(1), *entries(3)])
    return folder


def test_by_itself(ledger):
    """It tells what was sent, and how it ends."""
    found = reckon(ledger)
    assert (found.balanced, found.against, found.closed) == (None, "", False)
    assert found.account.transactions[Outcome.ACKED] == 4
    assert found.figures.sent == 4
    assert ["stopped in the middle" in end for end in found.ends] == [False, True]
    assert found.trails == ()


def test_a_folder_of_ledgers(ledger):
    """The newest is named."""
    with pytest.raises(UsageError) as caught:
        reckon(ledger.parent)
    assert str(ledger) in caught.value.todo


def test_with_the_rows_kept_beside_it(ledger):
    """One file of several is not all of the run, so the rows are not those of it."""
    keep_all(ledger / RECORDED, ROWS)
    describe(ledger, {"topic": "peak"})
    found = reckon(ledger)
    assert (found.balanced, found.about) == (True, {"topic": "peak"})
    assert reckon(ledger / "0.ledger").balanced is None
    (ledger / "1.ledger").unlink()
    assert reckon(ledger / "0.ledger").account.counts == {"unexpected": 2}


def test_with_the_rows_of_a_database(ledger, scratch):
    """Those that were there before do not count, and the query may be that of the run."""
    conn = scratch.database("CREATE TABLE receipts (key text, amount numeric)")
    for key, amount in [*ROWS[1:], ("old", 7)]:
        conn.execute("INSERT INTO receipts VALUES (%s, %s)", [key, amount])
    url = f"postgresql://twiceshy@/{conn.info.dbname}?host={conn.info.host}&port={conn.info.port}"
    with pytest.raises(UsageError, match="Nothing says what"):
        reckon(ledger, database=url)
    describe(ledger, {"recorded": QUERY})
    keep_all(ledger / BEFORE, [("old", 7)])
    found = reckon(ledger, database=url)
    assert found.account.counts == {"lost": 1}
    assert [trail.key for trail in found.trails] == [KEYS[0]]
    assert reckon(ledger, database=url, query=f"{QUERY} WHERE false").account.rows == 0
    with pytest.raises(UsageError, match="query `--query` cannot be asked") as caught:
        reckon(ledger, database=url, query="SELECT kee FROM receipts")
    assert "line 1, column 8" in caught.value.seen
    with pytest.raises(UsageError, match="cannot be asked"):
        reckon(ledger, database=url, query="DELETE FROM receipts RETURNING key")


@pytest.mark.parametrize(
    ("more", "kind", "says"),
    [
        ({"query": QUERY}, UsageError, "wants a database"),
        ({"recorded": Path("r.csv"), "database": "postgresql:///x"}, UsageError, "not from both"),
        (
            {"database": "postgresql://127.0.0.1:1/x", "query": QUERY},
            CannotTell,
            "does not answer",
        ),
        ({"database": "nonsense", "query": QUERY}, UsageError, "no address of a database"),
    ],
)
def test_what_cannot_be(ledger, more, kind, says):
    """Said with what to do."""
    with pytest.raises(kind, match=says):
        reckon(ledger, **more)


def command(folder, *words):
    """The installed command in that folder: its exit code and what it says."""
    program = Path(sys.executable).with_name("twiceshy")
    done = subprocess.run(
        [program, "reconcile", *words], check=False, capture_output=True, text=True, cwd=folder
    )
    return done.returncode, done.stdout + done.stderr


def test_the_command(ledger):
    """Its exit code is the answer."""
    rows = ledger / "rows.csv"
    keep_all(rows, [*ROWS, ROWS[0]])
    code, said = command(ledger, ".", "--recorded", "rows.csv")
    assert (code, "1 duplicated" in said, KEYS[0] in said) == (1, True, True)
    keep_all(rows, ROWS)
    code, said = command(ledger, ".", "--recorded", "rows.csv", "--format", "json")
    assert (code, json.loads(said)["balanced"]) == (0, True)
