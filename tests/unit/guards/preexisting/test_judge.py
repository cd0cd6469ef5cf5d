from __future__ import annotations

from dataclasses import replace

import pytest

from twiceshy.guards.preexisting import Preexisting
from twiceshy.model.history import NoReply, RowChange, Statement
from twiceshy.model.survey import Likeness, RequestFacts, Survey
from twiceshy.model.verdict import Value
from unit.guards.preexisting.histories import (
    GUESTS,
    LEADS,
    SIGN_UP,
    SURVEY,
    USERS,
    answered,
    assert_holds,
    assert_unknown,
    faulty,
    fixed,
    judged,
    met,
    rehearsed,
    saved,
    spec,
)


def test_rows_elsewhere_that_do_not_matter():
    """A service that lets guests in holds, and its refusal of a true duplicate is told."""
    verdict = judged(fixed)
    assert_holds(verdict)
    assert any("true duplicate is answered 409" in note for note in verdict.scope.notes)
    untried = dict(verdict.scope.untried)
    assert untried["rows of leads.email"].endswith("but the request never reads leads")


def test_rows_elsewhere_that_refuse():
    """Table, column, value, answer, statement and the way there are all told."""
    verdict = judged(faulty)
    assert verdict.value == Value.RECURS
    (finding,) = verdict.findings
    assert finding.rule == "refused-for-rows-elsewhere"
    assert finding.data == ("guests.contact",)
    assert "guests.contact already holds email bia" in finding.title
    assert finding.statement == "SELECT 1 FROM guests WHERE contact"
    assert (finding.before, finding.after) == (
        "status 201, adds 1 row to users",
        "status 409, writes no row",
    )
    assert finding.curl.startswith("curl -i -X POST")
    assert {"How the row was met", "Who would be refused today"} <= {
        exhibit.title for exhibit in finding.exhibits
    }


def test_more_than_the_control_is_no_less():
    """A guest's rows may be handed to the new account, and the answer may say so."""

    def generous(world):
        answer, changes, statements = fixed(world)
        if world.known_to(GUESTS, "contact") and answer.status == 201:
            changes = (*changes, RowChange("update", GUESTS, {}, {"state": "old"}))
        return answer, changes, statements

    assert_holds(judged(generous))


def test_less_is_a_difference_whatever_the_status():
    """A row that is missing, or an answer that lacks something."""

    def forgetful(world):
        answer, changes, statements = fixed(world)
        return answer, () if world.known_to(GUESTS, "contact") else changes, statements

    (finding,) = judged(forgetful).findings
    assert finding.rule == "writes-less-for-rows-elsewhere"


def test_a_true_duplicate_must_not_crash():
    """The accounts' own table may refuse, but with a reason."""

    def crashing(world):
        if world.known_to(USERS, "email"):
            return answered(500, statements=(met(USERS, "email", world.email),))
        return fixed(world)

    rules = {finding.rule for finding in judged(crashing).findings}
    assert rules == {"duplicate-crashes", "twin-fails"}


def test_twins_that_refuse_each_other():
    """One of two equal requests is served."""

    def timid(world):
        return answered(409) if world.scenario.at_once else fixed(world)

    (finding,) = judged(timid).findings
    assert finding.rule == "twin-fails"


def _seen_of_twins(history, **more):
    """The same history, in which more was seen when equal requests were sent at once."""
    return tuple(
        replace(run, observations=tuple(replace(seen, **more) for seen in run.observations))
        if run.scenario.at_once
        else run
        for run in history
    )


@pytest.mark.parametrize(
    "error",
    [
        "canceling statement due to lock timeout [INSERT INTO users]",
        "canceling statement due to statement timeout [INSERT INTO users]",
        'could not obtain lock on relation "users" [LOCK TABLE users NOWAIT]',
    ],
)
def test_twins_that_do_not_wait_while_we_hold_them_up(error):
    """They fail by our doing: that is a doubt, and no finding."""

    def crashing(world):
        return answered(500) if world.scenario.at_once else fixed(world)

    history = _seen_of_twins(rehearsed(spec(), crashing), sql_errors=(error,))
    verdict = Preexisting().judge(spec(), SURVEY, history)
    assert_unknown(verdict, "gives up when it is held up for a moment")
    unheld = tuple(replace(run, scenario=replace(run.scenario, meet_at=())) for run in history)
    assert Preexisting().judge(spec(), SURVEY, unheld).value == Value.RECURS


def test_a_limit_that_was_reached_and_did_no_harm():
    """A service may try again by itself."""
    error = "canceling statement due to lock timeout"

    def patient(world):
        return answered(201, saved(world.email)) if world.scenario.at_once else fixed(world)

    history = _seen_of_twins(rehearsed(spec(), patient), sql_errors=(error,))
    assert_holds(Preexisting().judge(spec(), SURVEY, history))


def test_twins_that_never_met():
    """A race that could not be seen is no race that was survived: it is said."""
    history = rehearsed(spec(), fixed)
    untried = []
    for number in (None, 1, 2):
        seen = _seen_of_twins(history, met=number)
        untried.append(dict(Preexisting().judge(spec(), SURVEY, seen).scope.untried))
    plain, alone, together = untried
    says = "the same request is sent four times at once"
    assert alone[says] == "they were answered one after the other, so a race was not seen"
    assert says not in plain
    assert says not in together


def test_what_was_seen_only_once_is_doubt():
    """A difference that does not come back on a fresh clone accuses nobody."""

    def moody(world):
        return faulty(world) if world.scenario.world == 0 else fixed(world)

    assert_unknown(judged(moody), "not each time again on a fresh clone")


def test_an_allowance():
    """A block list may refuse."""
    allow = ({"table": "guests", "reason": "they are blocked"},)
    verdict = judged(faulty, allow=allow)
    assert_holds(verdict)
    assert any("allowed: they are blocked" in note for note in verdict.scope.notes)


def test_skipped():
    """What a guard skips is not planted, and said."""
    verdict = judged(faulty, skip=("guests.contact",))
    assert_holds(verdict)
    assert ("rows of guests.contact", "the guard skips it") in verdict.scope.untried


def test_must_accept():
    """A table that is written may be one whose rows must not matter."""
    (finding,) = judged(fixed, must_accept=("users",)).findings
    assert finding.data == ("users.email",)


# -- what cannot be told ----------------------------------------------------------------------


def test_refused_in_the_control():
    """There is no legitimate outcome."""
    assert_unknown(judged(lambda _: answered(422)), "is refused although nobody has used its keys")
    broken = NoReply("timeout", "no complete answer within 2 s")
    assert_unknown(judged(lambda _: (broken, (), ())), "no complete answer within 2 s")


def test_nothing_written():
    """A service that writes later cannot be judged by what it wrote, unless it need not write."""
    assert_unknown(judged(lambda _: answered(202)), "has written nothing by then")
    assert_holds(judged(lambda _: answered(202), expect={"rows": {}}))


def test_rows_of_an_earlier_request():
    """They give a late writer away."""
    before = []

    def late(world):
        before.append(world.email)
        return answered(201, saved(before[-2] if before[1:] else world.email))

    assert_unknown(judged(late), "writes to users after it has answered")


def test_expectations_that_the_control_does_not_meet():
    """The guard's own words are checked first."""
    assert_unknown(judged(fixed, expect={"status": 200}), "expect says status 200")
    assert_unknown(judged(fixed, expect={"rows": {"users": 2}}), "expect says that the request")


def test_a_limit_on_how_many_may_come():
    """A service that tires refuses controls as well."""
    asked = []

    def tired(world):
        asked.append(world)
        return fixed(world) if len(asked) < 9 else answered(429)

    assert_unknown(judged(tired), "does not take any more")


def test_a_hash_that_nobody_can_make():
    """A table that is read, and holds hashes that SQL does not compare."""
    read = (Statement("SELECT * FROM guests", (GUESTS,)),)

    def reader(world):
        return answered(201, saved(world.email), statements=read)

    hashed = _with_column("guests", "contact", "contact_hash")
    assert_unknown(judged(reader, hashed), "guests.contact_hash looks like a key that was hashed")


def _with_column(table: str, old: str, new: str) -> Survey:
    tables = tuple(
        replace(
            each,
            columns=tuple(
                replace(c, name=new) if (each.name.name, c.name) == (table, old) else c
                for c in each.columns
            ),
        )
        for each in SURVEY.catalogue.tables
    )
    return replace(SURVEY, catalogue=replace(SURVEY.catalogue, tables=tables))


def test_a_request_that_cannot_be_rehearsed():
    """What the survey says is the reason."""
    facts = (RequestFacts(SIGN_UP, problem="no answer when it was first asked"),)
    survey = Survey(SURVEY.catalogue, SURVEY.ownership, requests=facts)
    assert_unknown(judged(fixed, survey), "no answer when it was first asked")


@pytest.mark.parametrize(
    ("more", "because"),
    [
        ({"skip": ("gests",)}, "skip names gests, and there is no such table; did you mean guests"),
        ({"must_accept": ("usres",)}, "did you mean users?"),
        ({"keys": ("mail",)}, "keys names mail, and the request has no such value"),
        ({"allow": ({"table": "x", "reason": "y"},)}, "allow names x"),
        ({"expect": {"rows": {"user": 1}}}, "expect.rows names user"),
    ],
)
def test_names_that_are_not_there(more, because):
    """A guard names tables and values that exist."""
    assert_unknown(judged(fixed, **more), because)


def test_any_beginning_of_a_history_can_be_judged():
    """The judge may be asked at any moment and never raises."""
    guard = spec()
    history = rehearsed(guard, faulty)
    for length in range(len(history) + 1):
        Preexisting().judge(guard, SURVEY, history[:length])


def test_found_by_its_name_in_a_table_that_is_read():
    """Nothing compares it, so the schema says which column it is."""

    def in_memory(world):
        read = (Statement("SELECT email FROM leads", (LEADS,)),)
        if world.known_to(LEADS, "email"):
            return answered(409, statements=read)
        return answered(201, saved(world.email), statements=read)

    (finding,) = judged(in_memory).findings
    assert finding.data == ("leads.email",)


def test_found_by_its_look_in_a_table_that_is_read():
    """No name is alike, but its values are."""
    looks = Likeness(samples={(GUESTS, "contact"): "guest@example.com"})

    def in_memory(world):
        read = (Statement("SELECT contact FROM guests", (GUESTS,)),)
        status = 409 if world.known_to(GUESTS, "contact") else 201
        return answered(status, *([] if status > 400 else [saved(world.email)]), statements=read)

    (finding,) = judged(in_memory, replace(SURVEY, likeness=looks)).findings
    assert finding.data == ("guests.contact",)
    assert "looks like users.email" in str(finding.exhibits)


def test_rows_that_matter_whosever_they_are():
    """A table of settings is no table of keys: a row of somebody else's does the same."""

    def settings(world):
        read = (Statement("SELECT email FROM leads", (LEADS,)),)
        if any(row.table == LEADS for row in world.rows):
            return answered(409, statements=read)
        return answered(201, saved(world.email), statements=read)

    verdict = judged(settings)
    assert_holds(verdict)
    assert any("it is not the key that decides" in note for note in verdict.scope.notes)
