"""The account of a ledger at a terminal and for programs."""

from __future__ import annotations

import json

from twiceshy.model.account import Account, Discrepancy
from twiceshy.model.figures import LoadFigures, Percentiles
from twiceshy.model.ledger import Attempt, Detail, Outcome
from twiceshy.model.reckoning import Reckoning
from twiceshy.model.strain import Trail
from twiceshy.render.marks import Page
from twiceshy.render.reckoned import reckoned_document, reckoned_lines

FIGURES = LoadFigures(
    planned=100,
    sent=90,
    unsent=10,
    reached=0.9,
    latency=Percentiles(90, 1.5, 2, 3.25, 4, 5, 6),
    lateness=Percentiles(90, 1, 2, 3, 5.5, 6, 7),
)
KNOWN = {Outcome.ACKED: 80, Outcome.UNKNOWN: 6, Outcome.REJECTED: 3, Outcome.NOT_SENT: 1}
BALANCED = Account(KNOWN, 85, 5, 2, 800, 850, 800, 860)
LOST = Discrepancy("lost", "k-1", Outcome.ACKED, 500, 0, 0)
STRANGE = Discrepancy("unexpected", "k-\x1b[2J", None, None, 7, 1)
WRONG = Account(KNOWN, 85, 5, 2, 800, 850, 800, 860, {"lost": 30, "unexpected": 1}, (LOST, STRANGE))
TRAIL = Trail(
    "k-1",
    (
        Attempt(1, 1, Outcome.UNKNOWN, Detail.RESET, 0, 1_000_000_000, 1_020_000_000),
        Attempt(1, 2, Outcome.ACKED, Detail.ANSWERED, 201, 1_100_000_000, 1_104_000_000),
    ),
)


def reckoning(account=BALANCED, **more):
    """A ledger that was held against rows."""
    given = {"against": "the rows of rows.csv", "ends": ("0.ledger: the run came to its end",)}
    return Reckoning("ledgers/one", FIGURES, account, **{**given, **more})


def text_of(found, **more):
    """What a terminal shows."""
    return "\n".join(line.plain for line in reckoned_lines(found, Page(78, **more)))


def test_a_balanced_account():
    """The verdict comes first, then what was sent, and what is recorded."""
    text = text_of(reckoning(about={"topic": "peak", "version": "", "began": "2026-03-14"}))
    assert text.startswith("✓ balanced  peak, 2026-03-14\n")
    assert "90 transactions: 80 acked, 6 unknown, 3 rejected, 1 not sent" in text
    flowing = " ".join(text.split())
    assert "100 planned, 10 not sent because no connection was free, 90.0% sent in" in flowing
    assert "p50 1.5 ms, p95 3.2 ms, p99 4.0 ms (void: we were late ourselves)" in flowing
    assert "850 recorded, 800 acknowledged; it may be 800 to 860" in text


def test_arrivals_that_waited_for_a_connection():
    """There was no moment at which they were to be sent, so none was late."""
    text = " ".join(text_of(reckoning(about={"at_cap": "wait"})).split())
    assert "each when a connection was free" in text
    assert "lateness" not in text
    assert "latency" not in text


def test_what_became_of_the_run():
    """Its faults, whether all was processed, and what went wrong."""
    seen = {"written": "kill service", "began": 1.0, "ended": 1.5, "evidence": ["SIGKILL", "back"]}
    never = {"written": "cut database", "began": None, "ended": None, "evidence": []}
    stays = {"written": "drop answers", "began": 0.0, "ended": None, "evidence": []}
    became = {"faults": [seen, never, stays], "drained": False, "problem": "The service ended"}
    text = " ".join(text_of(reckoning(about={"became": became})).split())
    assert "kill service, 1.00 s to 1.50 s: SIGKILL; back" in text
    assert "cut database: did not begin" in text
    assert "drop answers, 0.00 s: no effect was seen" in text
    assert "drained no: what is missing may have been waiting still" in text
    assert "problem The service ended" in text


def test_what_is_wrong_is_shown_with_its_attempts():
    """Some of it, and how much more there is; what a terminal would obey is only shown."""
    text = text_of(reckoning(WRONG, trails=(TRAIL,)))
    assert text.startswith("✗ not balanced  ledgers/one\n")
    assert "  30 lost, 1 unexpected\n" in text
    assert "lost          k-1  500 intended, acked, no row\n" in text
    assert "attempt 1 at 1.000 s: unknown, reset before any answer after 20.0 ms" in text
    assert "attempt 2 at 1.100 s: acked 201, a whole answer after 4.0 ms" in text
    assert "unexpected    k-␛[2J  nobody intended it, recorded 7 in 1 row" in text
    assert text.endswith("and 29 more; --format json has up to a hundred of each")
    assert "more;" not in text_of(reckoning(WRONG), verbose=True)


def test_a_ledger_that_stands_alone():
    """What it knows by itself, and that nothing can be told by it."""
    text = text_of(reckoning(WRONG, against="", closed=False))
    assert text.startswith("? could not tell")
    assert "80 acked" in text
    assert "the run was stopped, so more were to come" in " ".join(text.split())
    assert "name them: --recorded FILE" in text
    assert "lost" not in text


def test_for_programs():
    """The same in one document, with all attempts."""
    document = json.loads(json.dumps(reckoned_document(reckoning(WRONG, trails=(TRAIL,)))))
    assert (document["version"], document["balanced"], document["closed"]) == (1, False, True)
    assert document["transactions"]["acked"] == 80
    assert document["recorded"]["wrong"] == {"lost": 30, "unexpected": 1}
    lost, strange = document["discrepancies"]
    assert (lost["known"], lost["intended"], lost["rows"]) == ("acked", 500, 0)
    assert [one["status"] for one in lost["attempts"]] == [0, 201]
    assert lost["attempts"][1]["began"] == 1100.0
    assert (strange["known"], strange["attempts"]) == (None, [])
    alone = reckoned_document(reckoning(WRONG, against=""))
    assert (alone["balanced"], alone["recorded"], alone["discrepancies"]) == (None, None, [])
