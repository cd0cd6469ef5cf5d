"""What is shown of a failure, and what a verdict says it covers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from twiceshy.guards.conservation.curves import curves
from twiceshy.guards.conservation.remedies import REMEDIES
from twiceshy.guards.conservation.telling import RULES
from twiceshy.model.exhibits import Path, Series, Table
from twiceshy.model.figures import Slice
from twiceshy.model.strain import Sample
from twiceshy.model.verdict import Value
from unit.guards.conservation.histories import (
    ACKED,
    NOT_SENT,
    REJECTED,
    UNKNOWN,
    judged,
    rehearsed,
    spec,
)

FAULT = "kill service"


@pytest.fixture
def lost():
    """The finding of two transactions that a crash took away."""

    def crash(office):
        if office.topic == FAULT:
            office.lose(40, 50)

    verdict = judged(spec(**{"as": "ana"}), crash)
    assert verdict.value is Value.RECURS
    return verdict.findings[0]


def exhibits(finding, form):
    """Those of one form."""
    return [shown for shown in finding.exhibits if isinstance(shown, form)]


def test_a_finding_in_words(lost):
    """What was lost, of how many, when, and what was seen of the fault."""
    assert lost.title == (
        "2 of 100 acknowledged POST /payments are recorded nowhere when the service was killed and "
        "started again"
    )
    assert lost.state == (
        "100 transactions in parallel, 50/s for 2s; at 0.80 s the service was killed and started "
        "again, 2 in flight"
    )
    assert lost.before == "each acknowledged transaction is recorded exactly once"
    assert lost.after.startswith("recorded nowhere: ")
    assert lost.after.endswith("; the sum recorded is 14660, and must be between 14950 and 14950")
    assert "service (process 7) was ended by SIGKILL" in lost.seen
    assert lost.statement == "SELECT key, amount FROM payments"


def test_the_request_can_be_repeated(lost):
    """With the key, the amount and the number of the first that is wrong."""
    assert lost.curl.startswith('curl -i -X POST -H "Authorization: Bearer $ANA" -H \'Idempotency')
    assert "000000000028'" in lost.curl
    assert '{"amount": 140, "by": 40}' in lost.curl


def test_the_story(lost):
    """From the line to the account, for somebody who never saw the tool."""
    (story,) = exhibits(lost, Path)
    assert [what for what, _ in story.steps] == [
        "12 transactions came, each after the one before",
        "100 transactions came, in parallel, 50/s for 2s",
        "at 0.80 s the service was killed and started again",
        "whoever got no clear answer asked again",
        "no more came, and the system was given time",
        "answers and database were held against each other",
    ]


def test_each_attempt(lost):
    """What became of it, when, and what was recorded; what all keys begin with is told once."""
    (table,) = exhibits(lost, Table)
    assert table.columns == ("key", "amount", "attempt", "outcome", "ms", "recorded")
    assert table.rows == (
        ("000000000028", "140", "1", "reset before any answer", "800..805", "no row"),
        ("", "", "2", "201, acked", "900..905", ""),
        ("000000000032", "150", "1", "201, acked", "1000..1005", "no row"),
    )
    assert table.title.startswith("Each attempt of what is wrong (keys begin with ")


def test_the_run_over_time(lost):
    """Latency, rate and totals, with the fault as a band."""
    latency, rate, totals = exhibits(lost, Series)
    assert [line.name for line in latency.lines] == ["p50", "p95", "longest"]
    assert latency.title.endswith(", by seconds")
    assert not latency.logarithmic
    assert [line.name for line in rate.lines] == ["sent as planned", "acknowledged"]
    assert rate.lines[0].points == ((0.5, 50.0), (1.5, 50.0))
    sent, acked, recorded = totals.lines
    assert sent.points == acked.points
    assert (sent.points[0], sent.points[-1]) == ((0.0, 0.0), (3.6, 100.0))
    found = dict(sent.points)
    assert (found[1.0], found[2.0]) == (50.0, 100.0)
    assert sorted(found.values()) == list(found.values())
    assert len(found) > 100
    assert recorded.points == ((1.0, 50.0), (2.5, 100.0), (3.6, 100.0))
    assert totals.seconds == 3.6
    for shown in (latency, rate, totals):
        ((band,),) = (shown.bands,)
        assert (band.began, band.ended, band.says) == (0.8, 0.9, FAULT)


def test_the_last_part_of_a_second():
    """Its rate is that of the time in which requests came."""
    rate = judged(spec(duration="1.5s", rate="100/s")).exhibits[1]
    assert rate.seconds == 1.5
    assert rate.lines[1].points == ((0.5, 50.0), (1.25, 100.0))
    assert judged(spec(duration="1s", rate="100/s")).exhibits == ()


def test_acknowledgements_that_come_late():
    """They are drawn where they came, also after the last request."""
    run = rehearsed(spec())[1].strain
    slices = (Slice(0, 50, 50, 50, came=20), Slice(1, 50, 50, 50), Slice(2, came=80))
    _, rate, totals = curves(spec(), replace(run, figures=replace(run.figures, slices=slices)))
    assert rate.seconds == 3.0
    assert rate.lines[0].points == ((0.5, 50.0), (1.5, 50.0))
    assert rate.lines[1].points == ((0.5, 20.0), (1.5, 0.0), (2.5, 80.0))
    assert totals.lines[0].points[-1] == (3.6, 100.0)
    assert dict(totals.lines[1].points)[2.0] == 20.0


def cut_fine(*slices, width, rate="100/s", arrivals="constant"):
    """The curves of a run of one second that was cut into these."""
    guard = spec(duration="1s", rate=rate, arrivals=arrivals)
    run = rehearsed(spec())[1].strain
    figures = replace(run.figures, slices=slices, width=width)
    return tuple(curves(guard, replace(run, figures=figures)))


def test_rates_are_told_a_second():
    """However fine the run is cut; where nothing came the rate is 0, and the totals stay."""
    latency, rate, totals = cut_fine(
        Slice(0.0, 50, 50, 50, p50=5, came=50),
        Slice(0.5, 50, 49, 0),
        Slice(1.0, came=49),
        width=0.5,
    )
    assert rate.title.endswith("a second, by parts of 500 ms")
    assert {line.name: line.points for line in rate.lines} == {
        "sent": ((0.25, 100.0), (0.75, 98.0)),
        "acknowledged": ((0.25, 100.0), (0.75, 0.0), (1.25, 98.0)),
        "planned": ((0.25, 100.0), (0.75, 100.0)),
    }
    assert dict(totals.lines[1].points)[1.0] == 50.0
    assert latency.lines[0].points == ((0.25, 5.0),)


@pytest.mark.parametrize(
    ("counts", "rate", "arrivals", "drawn"),
    [
        ((24, 26), "100/s", "constant", (100.0, 100.0)),
        ((15, 25), ("40/s", "200/s"), "constant", (60.0, 100.0)),
        ((24, 26), "100/s", "poisson", (96.0, 104.0)),
        ((24, 0), "100/s", "constant", (100.0, 0.0)),
    ],
)
def test_a_planned_rate_is_drawn_as_planned(counts, rate, arrivals, drawn):
    """What is even does not go up and down because of where slices end.

    What is random does, and what was broken off.
    """
    slices = [Slice(at / 4, count, count, count, came=count) for at, count in enumerate(counts)]
    shown = cut_fine(*slices, width=0.25, rate=rate, arrivals=arrivals)[1]
    assert shown.lines[0].points == ((0.125, drawn[0]), (0.375, drawn[1]))


def test_the_last_answers_are_no_slow_end():
    """A few that came just after the last request are in the totals, and end no curve at 0."""
    slices = [Slice(at / 4, 25, 25, 25, p50=5, came=25 - at // 3) for at in range(4)]
    _, rate, totals = cut_fine(*slices, Slice(1.0, came=1), width=0.25)
    assert rate.seconds == 1.0
    assert rate.lines[1].points[-1] == (0.875, 96.0)
    assert dict(totals.lines[1].points)[1.25] == 100.0


@pytest.mark.parametrize(
    ("acked", "names"),
    [
        (5, ["p50", "longest"]),
        (50, ["p50", "p95", "longest"]),
        (100, ["p50", "p95", "p99"]),
    ],
)
def test_a_few_values_have_no_high_percentile(acked, names):
    """It would be the greatest of them by another name."""
    slices = [Slice(at / 4, acked, acked, acked, 0, 5, 9, 20, 30, came=acked) for at in range(4)]
    assert [line.name for line in cut_fine(*slices, width=0.25)[0].lines] == names


def test_latency_stands_on_a_scale_from_0_unless_some_of_it_is_far_off():
    """Fifty times the usual one, which would lie on the ground otherwise."""
    usual = [Slice(at / 4, 9, 9, 9, p50=5, longest=8, came=9) for at in range(4)]
    assert not cut_fine(*usual, width=0.25)[0].logarithmic
    slow = [replace(one, p50=200, longest=300) for one in usual[2:]]
    assert cut_fine(*usual[:2], *slow, width=0.25)[0].logarithmic


def test_curves_are_shown_once():
    """Several findings of one run have the same."""

    def wild(office):
        if office.topic == FAULT:
            office.lose(1)
            office.double(2)

    first, second = judged(spec(), wild).findings
    assert len(exhibits(first, Series)) == 3
    assert exhibits(second, Series) == []


def test_a_verdict_that_holds_shows_the_faults():
    """How the service fared is worth seeing as well; without faults, the peak is shown."""
    shown = judged(spec(faults=("kill service", "kill worker"))).exhibits
    assert [one.title.partition(":")[0] for one in shown] == [FAULT] * 3 + ["kill worker"] * 3
    assert {one.title.partition(":")[0] for one in judged(spec(faults=())).exhibits} == {"peak"}


def test_latency_that_is_ours():
    """When requests went out late it is neither drawn nor told, and the account still counts."""

    def late(office):
        office.late = 7.5

    verdict = judged(spec(), late)
    assert verdict.value is Value.HOLDS
    assert "no latency is told, for requests went out late (p99 7.5 ms)" in verdict.scope.tried[1]
    assert not any("Latency" in shown.title for shown in verdict.exhibits)


def test_a_fault_without_end():
    """Its band goes on to the end of the run."""

    def endless(office):
        office.faults = tuple(replace(seen, ended=None) for seen in office.faults)

    for shown in judged(spec(), endless).exhibits:
        assert shown.bands[0].ended == shown.seconds


def test_what_is_covered():
    """A line for each run: what was sent, what became of it, its fault and its figures."""

    def mixed(office):
        if office.topic == "peak":
            office.outcomes[1] = [UNKNOWN]
            office.outcomes[3], office.outcomes[4] = [REJECTED], [NOT_SENT]
            office.lose(3, 4)
            office.unsent, office.reached = 2, 0.98

    line, peak, fault = judged(spec(), mixed).scope.tried
    assert line == (
        "line: 12 POST /payments, each after the one before; 12 acknowledged, 12 recorded"
    )
    assert peak == (
        "peak: 100 of 102 POST /payments sent at 50/s for 2s, 98.0% of them in time, 2 found no "
        "free connection; 97 acknowledged, 1 rejected, 1 never left, 1 unknown, of which 1 exist, "
        "98 recorded; latency p50 5.0 ms, p95 9.0 ms, p99 20 ms; 100 recorded "
        "within 2.5 s, 40 a second"
    )
    assert "2 acknowledged by a retry only, and recorded" in fault
    assert "at 0.80 s, 2 requests in flight: service (process 7) was ended by SIGKILL" in fault


def test_what_is_not_covered():
    """Runs that were not played any more say why; what a kill is not is told."""

    def loses(office):
        if office.topic == "peak":
            office.lose(3)

    assert judged(spec(), loses).scope.untried == (
        (FAULT, "the account of the peak did not balance already"),
    )
    verdict = judged(spec())
    assert any("no loss of power" in note for note in verdict.scope.notes)
    assert any("`twiceshy reconcile`" in note for note in verdict.scope.notes)
    dropping = judged(spec(faults=("drop answers",)))
    assert any("after the service had given them" in note for note in dropping.scope.notes)


def test_a_fault_that_never_began():
    """It is told, and a run without figures has no line of them."""

    def never(office):
        office.faults = tuple(replace(seen, began=None) for seen in office.faults)
        office.outcomes = [[REJECTED if office.topic == FAULT else ACKED] for _ in office.keys]
        office.rows = [] if office.topic == FAULT else office.rows
        office.samples = (Sample(0.0, 0),)

    told = judged(spec(), never).scope.tried[2]
    assert "the fault did not come to its moment" in told
    assert "within" not in told.partition("in time")[2]


def test_a_row_that_nobody_sent():
    """There is no attempt to show, and the request is one with a new key."""

    def strange(office):
        if office.topic == "peak":
            office.rows.append(("total of 2021", -3))

    finding = judged(spec(), strange).findings[0]
    (table,) = exhibits(finding, Table)
    assert table.rows == (("total of 2021", "", "", "nobody sent it", "", "1 row, -3"),)
    assert "a-new-key" in finding.curl


def test_every_sort_has_a_rule_and_a_remedy():
    """With text to do it by."""
    assert set(RULES) == set(REMEDIES)
    assert set(RULES.values()) == {
        "lost", "duplicated", "wrong-amount", "unexpected", "undrained",
    }  # fmt: skip
    for remedy in REMEDIES.values():
        assert max(map(len, remedy.splitlines())) <= 100


def test_requests_that_hardly_ever_meet_are_told():
    """With 50 a second and 5 ms for each, a race among them has no chance; in bursts it has."""
    alone = dict(judged(spec()).scope.untried)
    assert "0.25 were in flight at a time" in alone["requests that meet"]
    for more in ({"rate": "500/s"}, {"arrivals": "burst"}):
        assert "requests that meet" not in dict(judged(spec(**more)).scope.untried)
