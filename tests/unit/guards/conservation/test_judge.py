"""The verdict: what is wrong, what cannot be told, and what is left."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twiceshy.guards.conservation import Conservation
from twiceshy.model.ledger import Outcome
from twiceshy.model.strain import Phase, Sample
from twiceshy.model.verdict import Value
from unit.guards.conservation.histories import (
    ACKED,
    NOT_SENT,
    PARALLEL,
    REJECTED,
    SURVEY,
    UNKNOWN,
    judged,
    played,
    rehearsed,
    spec,
    without_account,
)

FAULT = "kill service"


def rules(verdict):
    """Which rules were broken."""
    return [finding.rule for finding in verdict.findings]


def on(topic, happens):
    """Let something happen in one run only."""

    def chosen(office):
        if office.topic == topic:
            happens(office)

    return chosen


def judge(history, guard=None):
    """The verdict on a history that was changed afterwards."""
    return Conservation().judge(guard or spec(), SURVEY, history)


# -- holds ------------------------------------------------------------------------------------


def test_all_is_there_once():
    """The line, the peak and the fault were played, and retries made good what was cut off."""
    verdict = judged(spec())
    assert (verdict.value, verdict.reasons, verdict.findings) == (Value.HOLDS, (), ())


def test_what_is_unknown_may_exist_or_not():
    """And what was rejected or never sent does not exist."""

    def mixed(office):
        office.outcomes[1] = office.outcomes[2] = [UNKNOWN]
        office.outcomes[3], office.outcomes[4] = [REJECTED], [NOT_SENT]
        office.lose(2, 3, 4)

    assert judged(spec(), on("peak", mixed)).value is Value.HOLDS


def test_a_run_that_had_to_be_played_again():
    """One that tells something is enough."""
    seen = []

    def idle_at_first(office):
        if office.topic == FAULT:
            seen.append(office)
            if len(seen) < 3:
                office.faults = tuple(replace(one, evidence=()) for one in office.faults)

    assert judged(spec(), idle_at_first).value is Value.HOLDS
    assert len(seen) == 3


def test_without_faults():
    """The peak alone may be what a guard is about; the scope says so."""
    verdict = judged(spec(faults=()))
    assert verdict.value is Value.HOLDS
    assert ("faults", "the guard names none") in verdict.scope.untried


# -- recurs -----------------------------------------------------------------------------------


@pytest.mark.parametrize("topic", ["line", "peak", FAULT])
def test_an_acknowledged_transaction_that_is_gone(topic):
    """In any run."""
    verdict = judged(spec(), on(topic, lambda office: office.lose(5, 6)))
    assert (verdict.value, rules(verdict)) == (Value.RECURS, ["lost"])


def test_a_transaction_that_is_there_twice():
    """Of what was acknowledged and of what is unknown alike."""

    def doubles(office):
        office.outcomes[8] = [UNKNOWN]
        office.double(7, 8)

    verdict = judged(spec(), on(FAULT, doubles))
    assert (verdict.value, rules(verdict)) == (Value.RECURS, ["duplicated"])
    assert verdict.findings[0].title.startswith("2 POST /payments are recorded more than once when")


def test_one_that_is_entered_late():
    """Between the two accounts, too."""

    def late(office):
        office.late_rows = [(office.keys[7], office.amounts[7])]

    assert rules(judged(spec(), on(FAULT, late))) == ["duplicated"]


def test_another_amount():
    """Although every key is there."""

    def off_by_one(office):
        office.rows = [(key, amount - 1) for key, amount in office.rows]

    verdict = judged(spec(), off_by_one)
    assert (verdict.value, rules(verdict)) == (Value.RECURS, ["wrong-amount"])
    assert "even one after the other" in verdict.findings[0].title


def test_what_nobody_acknowledged():
    """A row of what was rejected, and one that nobody sent."""

    def strange(office):
        office.outcomes[7] = [REJECTED]
        office.rows.append(("total of 2021", -3))

    verdict = judged(spec(), on("peak", strange))
    assert (verdict.value, rules(verdict)) == (Value.RECURS, ["unexpected"])
    assert verdict.findings[0].title.startswith("2 rows are recorded that no acknowledged")
    assert "total of 2021" in verdict.findings[0].after


def test_several_at_once():
    """One finding for each sort."""

    def wild(office):
        office.lose(1)
        office.double(2)
        office.rows.append((office.keys[3], 0))

    found = rules(judged(spec(), on(FAULT, wild)))
    assert found == ["lost", "duplicated", "wrong-amount"]


@pytest.mark.parametrize("missing", [0, 2])
def test_what_waits_for_ever(missing):
    """Taken in and not processed in time, while nothing moves any more."""

    def stuck(office):
        office.drained = False
        office.lose(*range(missing))
        waits = [Sample(2.0 + n, PARALLEL - missing, 2) for n in range(40)]
        office.samples = tuple(waits)
        office.phases = (Phase("draining", 2.0, 33.0),)

    verdict = judged(spec(), on(FAULT, stuck))
    assert (verdict.value, rules(verdict)) == (Value.RECURS, ["undrained"])
    assert "2 POST /payments are taken in and never processed" in verdict.findings[0].title
    assert "2 waited at the end of 30s" in verdict.findings[0].seen


def test_evidence_counts_whatever_else_went_wrong():
    """What is missing is missing, at any rate and with any doubt; the doubts are told as well."""

    def bad(office):
        office.reached, office.problem = 0.5, "The service ended by itself"
        office.lose(5)

    verdict = judged(spec(), on("peak", bad))
    assert (verdict.value, rules(verdict)) == (Value.RECURS, ["lost"])
    assert any("ended by itself" in reason for reason in verdict.reasons)


# -- unknown ----------------------------------------------------------------------------------


def stays_unknown(happens, topic, *says):
    """The verdict is unknown, and its reasons say why."""
    verdict = judged(spec(), on(topic, happens))
    assert (verdict.value, verdict.findings) == (Value.UNKNOWN, ())
    told = "\n".join(verdict.reasons)
    for each in says:
        assert each in told
    return verdict


def test_nothing_played():
    """A history without a run says nothing."""
    verdict = judge(())
    assert (verdict.value, verdict.reasons) == (Value.UNKNOWN, ("nothing was played",))


@pytest.mark.parametrize("count", [1, 2])
def test_a_history_that_ends_early(count):
    """What was not played cannot have gone well."""
    verdict = judge(rehearsed(spec())[:count])
    assert verdict.value is Value.UNKNOWN
    assert "kill service: it was not played" in verdict.reasons


def test_runs_without_a_record():
    """No strain, no account, or the account made up once only."""
    line, peak, fault = rehearsed(spec())
    bare = replace(peak, strain=None)
    assert "nothing is known of what was sent" in judge((line, bare, fault)).reasons[0]
    lost = replace(bare, problem="the service did not start")
    assert "the service did not start" in judge((line, lost, fault)).reasons[0]
    assert "no account was made up" in judge((line, without_account(peak), fault)).reasons[0]
    once = replace(peak, strain=replace(peak.strain, first=None))
    assert "made up only once" in judge((line, once, fault)).reasons[0]


def test_a_problem_with_the_account():
    """It is told as it is."""

    def query(office):
        office.accounts, office.problem = 0, "The query `recorded` cannot be asked"

    stays_unknown(query, "line", "one after the other: The query `recorded` cannot be asked")


def test_rows_that_still_come():
    """The second account decides, and a third might say something else."""

    def late(office):
        office.outcomes[7] = [UNKNOWN]
        office.lose(7)
        office.late_rows = [(office.keys[7], office.amounts[7])]

    stays_unknown(late, "peak", "rows still changed between the two accounts: 99 and", "100")


def test_what_is_missing_may_still_come():
    """While less is missing in the second account than in the first."""

    def late(office):
        office.lose(7, 8)
        office.late_rows = [(office.keys[7], office.amounts[7])]

    stays_unknown(late, FAULT, "rows still changed")


def test_nothing_acknowledged():
    """Then nothing had to be recorded."""

    def refused(office):
        office.outcomes = [[REJECTED] for _ in office.keys]
        office.outcomes[0] = [UNKNOWN]
        office.rows = []

    stays_unknown(refused, "line", "not one transaction was acknowledged: 11 rejected, 1 unknown")


def test_the_rate():
    """Below 95 % the peak was none, and it is said what was sent."""

    def slow(office):
        office.reached, office.unsent = 0.9, 12

    stays_unknown(
        slow, "peak", "the rate was not reached: of 112 planned requests 90%",
        "12 found no free connection", "(played 3 times)",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"evidence": ()}, "killed and started again had no effect that could be seen"),
        ({"in_flight": 0}, "met no request: none was in flight"),
        ({"began": None}, "did not come to its moment at outstanding:1"),
        ({"problem": "no such process"}, "did not go as it should: no such process"),
        ({"undone": False}, "could not be taken back"),
    ],
)
def test_a_fault_that_proves_nothing(change, says):
    """Nothing was put to the test, or the stage is not as it was."""

    def change_it(office):
        office.faults = tuple(replace(seen, **change) for seen in office.faults)

    stays_unknown(change_it, FAULT, "kill service: that the service was", says)


def test_a_fault_of_which_nothing_is_known():
    """Not even that it was begun."""

    def forget(office):
        office.faults = ()

    stays_unknown(forget, FAULT, "nothing is known of what came of it that the service was killed")


def test_no_answer_was_ever_cut_off():
    """Then no retry met a key that was there, and the guard has tried nothing."""

    def unfelt(office):
        office.outcomes = [[ACKED] for _ in office.keys]

    stays_unknown(unfelt, FAULT, "no request was left without a clear answer by any fault")


@pytest.mark.parametrize("fault", ["kill worker", "cut database", "pause service"])
def test_faults_that_need_not_cut_anything_off(fault):
    """A worker may die without any client noticing."""

    def unfelt(office):
        office.outcomes = [[ACKED] for _ in office.keys]

    assert judged(spec(faults=(fault,)), unfelt).value is Value.HOLDS


@pytest.mark.parametrize(
    ("samples", "says"),
    [
        ([Sample(25.0, 90, 9), Sample(31.0, 95, 4)], "still at work after 30 s, 4 waited"),
        ([Sample(25.0, 90, 4), Sample(31.0, 95, 4)], "still at work after 30 s, 4 waited"),
        ([Sample(31.0, 95, 4)], "it cannot be told whether everything was processed"),
        ([], "it cannot be told whether everything was processed"),
        ([Sample(25.0, 95, None), Sample(31.0, 95, None)], "it cannot be told whether"),
        ([Sample(25.0, 95, None), Sample(31.0, 99, None)], "still at work after 30 s"),
        ([Sample(25.0, 95, 3), Sample(31.0, 95, 0)], "still at work after 30 s"),
    ],
)
def test_not_drained_and_still_moving(samples, says):
    """What is missing may still come; it is neither lost nor undrained yet."""

    def busy(office):
        office.drained = False
        office.lose(5, 6)
        office.samples = tuple(samples)
        office.phases = (Phase("draining", 2.0, 32.0),)

    guard = spec(drained="SELECT count(*) FROM jobs")
    verdict = judged(guard, on("peak", busy))
    assert (verdict.value, verdict.findings) == (Value.UNKNOWN, ())
    assert says in verdict.reasons[0]


@pytest.mark.parametrize("drained", ["", "SELECT count(*) FROM jobs"])
def test_an_answer_that_only_takes_in(drained):
    """After 202 something missing may still wait, unless the guard asks what does."""

    def taken_in(office):
        office.status = 202
        office.lose(5, 6)

    verdict = judged(spec(drained=drained), on("peak", taken_in))
    if drained:
        assert rules(verdict) == ["lost"]
    else:
        assert (verdict.value, verdict.findings) == (Value.UNKNOWN, ())
        assert "2 that were answered 202 are not recorded, and may still wait" in str(verdict)


def test_samples_alone_tell_how_long():
    """Where nobody noted when draining began and ended."""

    def busy(office):
        office.drained, office.phases = False, (Phase("healthy", 0.0, 2.0),)
        office.samples = (Sample(25.0, 90, 9), Sample(31.0, 95, 4))

    assert "still at work" in stays_unknown(busy, "peak").reasons[0]


def test_sums_that_do_not_agree_by_themselves():
    """It cannot be while every row is right, so something is wrong with the account."""
    line, peak, fault = rehearsed(spec())
    odd = replace(peak.strain.second, recorded_sum=1)
    run = replace(peak, strain=replace(peak.strain, first=odd, second=odd))
    assert "the recorded sum 1 is not between" in judge((line, run, fault)).reasons[0]


# -- the control, on the guard itself ---------------------------------------------------------


def test_a_query_that_lists_other_keys():
    """None of those that were acknowledged: it is the query that is wrong, most likely."""

    def others(office):
        office.rows = [(f"A-{number}", amount) for number, (_, amount) in enumerate(office.rows)]

    verdict = stays_unknown(others, "line", "lists none of the 12 acknowledged keys, such as")
    assert "it lists A-0, A-1, A-2: does it give what the request carries as {key}" in str(
        verdict.reasons
    )


def test_a_query_that_lists_nothing():
    """It looks at another place, or nobody does the work."""

    def nothing(office):
        office.rows = []

    stays_unknown(nothing, "line", "it lists nothing new at all: does it look where")


def test_a_query_in_another_unit():
    """All amounts differ by the same factor."""

    def in_cents(office):
        office.rows = [(key, amount * 100) for key, amount in office.rows]

    stays_unknown(in_cents, "line", "recorded gives 10000 where 100 was sent, and so throughout")


@pytest.mark.parametrize("amount", [0, None])
def test_amounts_that_are_no_other_unit(amount):
    """Nothing at all, or the same for all, are wrong amounts."""

    def wrong(office):
        office.rows = [(key, 7 if amount is None else amount) for key, _ in office.rows]

    assert rules(judged(spec(), on("line", wrong))) == ["wrong-amount"]


def test_amounts_that_nobody_asked_for():
    """Without {amount} in the request, the query gives keys alone."""
    guard = spec(json={"by": "{number}"})

    def with_amounts(office):
        office.rows = [(key, 50) for key, _ in office.rows]

    verdict = judged(guard, with_amounts)
    assert verdict.value is Value.UNKNOWN
    assert "let it give the keys alone, or write {amount} into the request" in verdict.reasons[0]


# -- any ledger -------------------------------------------------------------------------------

WELL = rehearsed(spec())


def with_fault(happens):
    """The verdict when all went well but for what happens in the run with the fault."""
    return judge((*WELL[:-1], played(WELL[-1].scenario, happens)))


NUMBERS = st.integers(0, PARALLEL - 1)
ATTEMPTS = st.lists(st.sampled_from(Outcome), min_size=1, max_size=4)
# Repeated until there are enough of them: to draw each by itself takes long.
DRAWN = st.lists(ATTEMPTS, min_size=1, max_size=9)


@settings(max_examples=60)
@given(drawn=DRAWN, exists=st.randoms())
def test_an_exact_ledger_holds(drawn, exists):
    """Whatever the attempts came to, as long as each acknowledged one is there once."""

    def any_outcome(office):
        office.outcomes = [drawn[number % len(drawn)] for number in range(PARALLEL)]
        office.outcomes[0] = [UNKNOWN, ACKED]
        rows = zip(office.outcomes, office.rows, strict=True)
        office.rows = [
            row
            for outcomes, row in rows
            if ACKED in outcomes or (UNKNOWN in outcomes and exists.random() < 0.5)
        ]

    assert with_fault(any_outcome).value is Value.HOLDS


@settings(max_examples=60)
@given(
    drawn=DRAWN,
    place=NUMBERS,
    harm=st.sampled_from(["lost", "duplicated", "wrong-amount", "unexpected"]),
)
def test_any_loss_or_double_recurs(drawn, place, harm):
    """One transaction of a hundred is enough."""

    def one_wrong(office):
        office.outcomes = [drawn[number % len(drawn)] for number in range(PARALLEL)]
        office.outcomes[place] = [REJECTED] if harm == "unexpected" else [ACKED]
        acked = [ACKED in each for each in office.outcomes]
        office.rows = [row for row, there in zip(office.rows, acked, strict=True) if there]
        key, amount = office.keys[place], office.amounts[place]
        if harm == "lost":
            office.lose(place)
        elif harm == "wrong-amount":
            office.lose(place)
            office.rows.append((key, amount + 1))
        else:
            office.rows.append((key, amount))

    verdict = with_fault(one_wrong)
    assert (verdict.value, rules(verdict)) == (Value.RECURS, [harm])
    assert f"{place:012x}" in verdict.findings[0].after
