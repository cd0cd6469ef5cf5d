"""The account, on ledgers written by hand and against a slow one that is plainly right."""

from __future__ import annotations

from collections import Counter, defaultdict

from hypothesis import given
from hypothesis import strategies as st

from twiceshy.guards.conservation.account import NAMED, reconcile
from twiceshy.model.ledger import Attempt, Closed, Detail, Intent, Outcome, Retried, standing

NOT_SENT, REJECTED, UNKNOWN, ACKED = Outcome
KEY = "5f0c9a30-2f6e-8d3a-9c1b-{:012x}"


def ledger(*transactions):
    """Entries for transactions given as (amount, outcomes of its attempts)."""
    entries = []
    for number, (amount, outcomes) in enumerate(transactions):
        entries.append(Intent(number, KEY.format(number), amount, number))
        for attempt, outcome in enumerate(outcomes, 1):
            if attempt > 1:
                entries.append(Retried(number, attempt, 0))
            if outcome is not None:
                entries.append(Attempt(number, attempt, outcome, Detail.ANSWERED, 0, 1, 2))
    return [*entries, Closed(len(transactions), 0)]


def row(number, amount):
    """A recorded row of a transaction."""
    return (KEY.format(number), amount)


def wrongs(account):
    """Kind and number of each named discrepancy."""
    return [(one.wrong, one.key[-1:]) for one in account.discrepancies]


def test_each_acknowledged_transaction_exactly_once_is_balanced():
    """What was rejected or never sent does not exist, and what is unknown may exist or not."""
    account = reconcile(
        ledger((10, [ACKED]), (20, [REJECTED]), (30, [NOT_SENT]), (40, [UNKNOWN]), (50, [UNKNOWN])),
        [row(0, 10), row(4, 50)],
    )
    assert account.balanced
    assert account.discrepancies == ()
    assert account.transactions == {ACKED: 1, REJECTED: 1, NOT_SENT: 1, UNKNOWN: 2}
    assert (account.rows, account.recovered, account.recorded_sum) == (2, 1, 60)
    assert (account.acked_sum, account.least_sum, account.greatest_sum) == (10, 10, 100)


def test_an_acknowledged_transaction_without_a_row_is_lost():
    """It is named with what was intended; another one does not make up for it."""
    account = reconcile(ledger((10, [ACKED]), (10, [UNKNOWN])), [row(1, 10)])
    assert account.sums_agree
    assert not account.balanced
    (found,) = account.discrepancies
    assert (found.wrong, found.key, found.known) == ("lost", KEY.format(0), ACKED)
    assert (found.intended, found.recorded, found.rows) == (10, 0, 0)


def test_what_waits_to_be_processed_is_not_lost():
    """Taken in and never processed is a failure of its own."""
    transactions = ledger((10, [ACKED]), (10, [ACKED]))
    account = reconcile(transactions, [], pending=[KEY.format(1), "of somebody else"])
    assert wrongs(account) == [("lost", "0"), ("undrained", "1")]


def test_two_rows_are_one_too_many():
    """Of an acknowledged transaction and of an unknown one alike, with the sum of both."""
    account = reconcile(
        ledger((10, [ACKED]), (20, [UNKNOWN])), [row(0, 10), row(0, 10), row(1, 20), row(1, 21)]
    )
    assert account.counts == {"duplicated": 2, "wrong amount": 1}
    assert wrongs(account) == [("duplicated", "0"), ("duplicated", "1"), ("wrong amount", "1")]
    assert [(one.rows, one.recorded) for one in account.discrepancies] == [(2, 20)] + 2 * [(2, 41)]
    assert not account.sums_agree


def test_another_amount_is_wrong():
    """By one unit is enough."""
    account = reconcile(ledger((10, [ACKED])), [row(0, 11)])
    assert account.counts == {"wrong amount": 1}
    assert account.discrepancies[0].recorded == 11


def test_a_row_that_must_not_exist_is_unexpected():
    """Without an intent, after a rejection, or when nothing was sent."""
    account = reconcile(
        ledger((10, [REJECTED]), (20, [NOT_SENT])),
        [row(0, 10), row(1, 20), ("stranger", 5), ("stranger", 6)],
    )
    assert account.counts == {"unexpected": 4}
    assert [(one.known, one.rows) for one in account.discrepancies] == [
        (REJECTED, 1),
        (NOT_SENT, 1),
        (None, 2),
    ]


def test_a_killed_run_leaves_unknown_what_was_under_way():
    """An intent, or a further attempt, without an outcome may have been sent."""
    account = reconcile(
        ledger((10, []), (20, [NOT_SENT, None]), (30, [ACKED, None])), [row(1, 20), row(2, 30)]
    )
    assert account.balanced
    assert account.transactions[UNKNOWN] == 2
    assert account.recovered == 1


def test_a_retry_onto_an_applied_attempt_is_seen():
    """The first answer was lost, the second acknowledged, and there is one row."""
    account = reconcile(ledger((10, [UNKNOWN, ACKED]), (10, [ACKED])), [row(0, 10), row(1, 10)])
    assert account.retried_onto == 1


def test_refunds_widen_the_bounds_downwards():
    """A negative amount that is unknown may lower the sum."""
    account = reconcile(ledger((10, [ACKED]), (-4, [UNKNOWN])), [row(0, 10), row(1, -4)])
    assert (account.least_sum, account.greatest_sum) == (6, 10)
    assert account.balanced


def test_all_are_counted_and_some_are_named():
    """A run that lost everything tells so in a page."""
    many = NAMED + 20
    strangers = [(f"s{number}", 1) for number in range(many)]
    account = reconcile(ledger(*[(1, [ACKED])] * many), strangers)
    assert account.counts == {"lost": many, "unexpected": many}
    assert len(account.discrepancies) == 2 * NAMED


def test_keys_of_any_form_are_told_apart():
    """Short ones, long ones, and those that only look like the ones that we make."""
    head = KEY.format(0)[:-12]
    keys = [KEY.format(0), "7", "x" * 60, head + "00000000000A", KEY.format(7), KEY.format(5)]
    entries = [Intent(number, key, 1, 0) for number, key in enumerate(keys)]
    entries += [Attempt(n, 1, ACKED, Detail.ANSWERED, 200, 0, 0) for n in range(len(keys))]
    assert reconcile(entries, [(key, 1) for key in keys]).balanced
    strangers = [
        "8", "x" * 59, head + "00000000000a", head, "", KEY.format(1), KEY.format(4),
        head + "_00000000000", head + "+00000000000", head + "zzzzzzzzzzzz", head + "f" * 12,
    ]  # fmt: skip
    account = reconcile(entries, [(key, 1) for key in [*keys, *strangers]])
    assert account.counts == {"unexpected": len(strangers)}
    assert [one.key for one in account.discrepancies] == strangers


outcomes = st.lists(st.sampled_from([*Outcome, None]), max_size=3)
transactions = st.lists(st.tuples(st.integers(-3, 3), outcomes), max_size=8)
rows = st.lists(st.tuples(st.integers(0, 9), st.integers(-3, 3)), max_size=12)


@given(transactions, rows, st.sets(st.integers(0, 9)))
def test_the_account_is_that_of_a_plain_one(transactions, rows, waiting):
    """Key by key with sets and lists, the same comes out."""
    account = reconcile(
        ledger(*transactions),
        [row(*one) for one in rows],
        pending=[KEY.format(number) for number in waiting],
    )
    found = defaultdict(list)
    for number, amount in rows:
        found[number].append(amount)
    counts = Counter()
    sums = Counter()
    for number, (amount, outcomes) in enumerate(transactions):
        known = standing([UNKNOWN if one is None else one for one in outcomes])
        have = found.pop(number, [])
        if known is ACKED and not have:
            counts["undrained" if number in waiting else "lost"] += 1
        if known in {REJECTED, NOT_SENT} and have:
            counts["unexpected"] += 1
        counts["duplicated"] += len(have) > 1
        counts["wrong amount"] += any(one != amount for one in have)
        sums["acked"] += amount * (known is ACKED)
        sums["least"] += amount * (known is ACKED or (known is UNKNOWN and amount < 0))
        sums["greatest"] += amount * (known is ACKED or (known is UNKNOWN and amount > 0))
    counts["unexpected"] += sum(map(len, found.values()))
    assert account.counts == {kind: count for kind, count in counts.items() if count}
    assert len(account.discrepancies) <= sum(counts.values())
    assert (account.acked_sum, account.least_sum, account.greatest_sum) == (
        sums["acked"],
        sums["least"],
        sums["greatest"],
    )
    assert account.recorded_sum == sum(amount for _, amount in rows)
