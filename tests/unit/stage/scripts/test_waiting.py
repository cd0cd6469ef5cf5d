from __future__ import annotations

from twiceshy.stage.scripts.waiting import Holds, Look, Waited

SCRIPT = frozenset({10})
NAMES = {7: "orders"}


def test_a_query_waits_behind_a_script_that_works():
    """The script holds the lock and waits for nobody."""
    rows = [
        (10, "relation", 7, "AccessExclusiveLock", True, None),
        (20, "relation", 7, "AccessShareLock", False, [10]),
    ]
    look = Look.of(rows, SCRIPT)
    assert look.behind(20, SCRIPT)
    waited = Waited()
    waited.note(look, look.waiters[20], statement=3)
    blocker = waited.blocker(NAMES.get)
    assert (blocker.who, blocker.statement) == ("the script", 3)
    assert (blocker.relation, blocker.mode) == ("orders", "AccessExclusiveLock")


def test_a_query_waits_in_the_queue_behind_a_script_that_waits_itself():
    """Somebody else holds the lock; whoever comes after the script must wait behind it."""
    rows = [
        (10, "relation", 7, "AccessExclusiveLock", False, [99]),
        (20, "relation", 7, "AccessShareLock", False, [10]),
    ]
    look = Look.of(rows, SCRIPT)
    waited = Waited()
    waited.note(look, look.waiters[20], statement=0)
    assert waited.blocker(NAMES.get).who == "the queue"


def test_a_chain_of_waiters_leads_to_the_script():
    """A query behind a query behind the script waits for the script."""
    rows = [
        (10, "relation", 7, "ShareLock", True, None),
        (20, "relation", 7, "RowExclusiveLock", False, [10]),
        (21, "transactionid", None, "ShareLock", False, [20]),
    ]
    look = Look.of(rows, SCRIPT)
    assert look.behind(21, SCRIPT)
    assert look.waiters[21].row


def test_whoever_waits_for_others_does_not_wait_for_the_script():
    """Two queries in each other's way are no business of the script, nor is a ring of them."""
    rows = [
        (20, "transactionid", None, "ShareLock", False, [21]),
        (21, "transactionid", None, "ShareLock", False, [20]),
    ]
    assert not Look.of(rows, SCRIPT).behind(20, SCRIPT)


def test_locks_are_told_from_their_first_to_their_last_look():
    """What was asked for first also tells how long the script waited for it."""
    holds = Holds()
    asked = Look.of([(10, "relation", 7, "ShareLock", False, [99])], SCRIPT)
    held = Look.of([(10, "relation", 7, "ShareLock", True, None)], SCRIPT)
    gone = Look.of([], SCRIPT)
    for at, look in enumerate((asked, held, held, gone)):
        holds.note(look, float(at))
    (span,) = holds.all(NAMES.get, 9.0)
    assert (span.relation, span.began, span.ended, span.waited) == ("orders", 1.0, 3.0, 1.0)
