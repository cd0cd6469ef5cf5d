from __future__ import annotations

import json
from dataclasses import replace

import pytest
from pydantic import ValidationError

from twiceshy.guards.preexisting import Preexisting
from twiceshy.guards.preexisting.arrival import RUSH, number_of
from twiceshy.guards.preexisting.plan import BETWEEN
from twiceshy.guards.preexisting.rush import told
from twiceshy.model.history import Join, Reply, Statement
from twiceshy.model.scenario import RequestTemplate
from twiceshy.model.survey import Likeness, RequestFacts, Survey
from unit.guards.preexisting.histories import (
    GUESTS,
    LEADS,
    SURVEY,
    USERS,
    answered,
    faulty,
    fixed,
    judged,
    met,
    rehearsed,
    saved,
    spec,
)


def topics(history):
    """What was played, each topic once."""
    return list(dict.fromkeys(run.scenario.topic for run in history))


def test_controls_come_first_and_the_first_keys_twice():
    """So it is known what is noise, and what merely follows from the keys."""
    first = Preexisting().next(spec(), SURVEY, ())
    assert [scenario.role for scenario in first] == ["control"] * 3
    emails = [scenario.steps[0].template.json["email"] for scenario in first]
    assert emails[0] == emails[2] != emails[1]
    assert all(scenario.steps[0].template.json["password"] == "pw" for scenario in first)


def test_each_request_has_keys_of_its_own():
    """Else whatever a service remembers would look like a duplicate."""
    history = rehearsed(spec(), faulty)[3:]
    numbers = [number_of(run) for run in history]
    assert len(set(numbers)) == len(numbers)


def test_states_follow_from_what_plans_met():
    """One row, several, each state, other spellings; together; and twins."""
    played = topics(rehearsed(spec(), fixed))
    assert {
        "guests.contact: one",
        "guests.contact: several",
        "guests.contact: in upper case",
        "guests.contact: state = new",
        "guests.contact: state = old",
        "users.email: one",
        "twin",
        "twin, all together",
        BETWEEN,
    } <= set(played)
    assert "users.email: several" not in played
    assert not any(topic.startswith("leads") for topic in played)


def test_twins_meet_before_what_the_request_writes():
    """In the order in which it does; a campaign is not held up."""

    def noting(world):
        answer, changes, statements = fixed(world)
        wrote = (Statement("INSERT", (), (LEADS,)), Statement("INSERT", (), (USERS,)))
        return answer, changes, (*statements, *wrote)

    guard = spec(campaign={"sign_ups": 100, "known": "50 %", "played": 4, "together": 2})
    scenarios = [run.scenario for run in rehearsed(guard, noting)]
    twins = [one for one in scenarios if one.topic.startswith("twin")]
    assert [one.meet_at for one in twins] == [(LEADS, USERS)] * 2
    others = [one for one in scenarios if one not in twins]
    assert any(one.at_once for one in others)
    assert not any(one.meet_at for one in others)


def test_a_column_that_is_joined_is_filled():
    """The join carries the key on."""
    joined = Statement("SELECT", (LEADS,), (), (), (Join(GUESTS, "contact", LEADS, "email"),))

    def joining(world):
        answer, changes, statements = fixed(world)
        return answer, changes, (*statements, joined)

    assert "leads.email: one" in topics(rehearsed(spec(), joining))


def test_what_a_planted_row_leads_to_is_filled():
    """The id of the guest is looked up elsewhere."""

    def second(world):
        answer, changes, statements = fixed(world)
        ids = [row.values["id"] for row in world.rows if row.table == GUESTS]
        return answer, changes, (*statements, *(met(LEADS, "email", number) for number in ids))

    history = rehearsed(spec(), second)
    (run,) = [run for run in history if run.scenario.topic == "leads.email: one"]
    assert [row.table for row in run.planted] == [GUESTS, LEADS]
    assert run.planted[1].values["email"] == run.planted[0].values["id"]


def test_values_that_must_stay_are_found_out():
    """A value with which the request works only as it is stays, the others change."""
    given = {"email": "bia@example.com", "plan": "standard"}
    template = RequestTemplate("POST", "/users", json=given, has_json=True)
    survey = Survey(SURVEY.catalogue, SURVEY.ownership, requests=(RequestFacts(template),))

    def picky(world):
        wanted = world.scenario.steps[0].template.json["plan"] == "standard"
        return faulty(world) if wanted else answered(422)

    verdict = judged(picky, survey, json=given)
    assert [finding.data for finding in verdict.findings] == [("guests.contact",)]
    assert ("other values of plan", "the request is refused with another value") in (
        verdict.scope.untried
    )


def test_what_the_data_holds_already_is_no_key():
    """It names a row that must be there."""
    held = Likeness(held={"bia@example.com": ((LEADS, "email"),)})
    first = Preexisting().next(spec(), replace(SURVEY, likeness=held), ())
    assert first[0].steps[0].template.json["email"] == "bia@example.com"


def test_a_value_that_follows_the_keys_is_planted_as_it_was_seen():
    """A hash with a secret cannot be made, but the same keys bring it again."""

    def secret(world):
        digest = str(hash(("secret", world.email)))
        known = any(row.values.get("contact") == digest for row in world.rows)
        asked = (met(GUESTS, "contact", digest),)
        if known or world.known_to(USERS, "email"):
            return answered(409, statements=asked)
        return answered(201, saved(world.email), statements=asked)

    (finding,) = judged(secret).findings
    assert finding.data == ("guests.contact",)


def test_only_accusations_are_confirmed():
    """Without any, no fresh clone is asked for."""
    assert {run.scenario.world for run in rehearsed(spec(), fixed)} == {0}
    assert {run.scenario.world for run in rehearsed(spec(), faulty)} == {0, 1}


def test_a_campaign():
    """Many at once, a share of them known elsewhere; refusals are counted and reckoned up."""
    campaign = {"sign_ups": 1000, "known": "25 %", "played": 8, "together": 4}
    verdict = judged(faulty, campaign=campaign)
    assert any(
        "a campaign: 8 came, 4 at a time" in line
        and "2 of them are known elsewhere; 2 were refused, 2 of these known elsewhere" in line
        for line in verdict.scope.tried
    )
    table = verdict.findings[0].exhibits[-1]
    assert table.columns == ("people", "of 8 who were played", "of 1,000")
    assert ("refused", "2", "250") in table.rows
    assert ("let in", "6", "750") in table.rows


def test_a_campaign_at_a_rate():
    """All in one scenario, on a schedule; scope tells which rate was reached, and the lag."""
    guard = spec(campaign={"known": "25 %", "played": 9, "rate": "600/min"})
    history = rehearsed(guard, faulty)
    (crowd,) = [run for run in history if run.scenario.topic == RUSH]
    assert (len(crowd.scenario.steps), crowd.scenario.at_once, crowd.scenario.rate) == (9, True, 10)
    timed = [replace(seen, sent=0.2 * n, seconds=0.5) for n, seen in enumerate(crowd.observations)]
    assert (
        "a campaign: 9 came, 5 a second where 600/min was asked for, the slowest answer took 0.5 s "
        "and the last one came 0.5 s after the last request; 2 of them are known elsewhere"
    ) in told(guard, (replace(crowd, observations=tuple(timed)),))


@pytest.mark.parametrize("rate", ["fast", "0/s", "5", "5/day", "-1/s", "99999/s"])
def test_rates_that_are_none(rate):
    """They are refused with the key."""
    with pytest.raises(ValidationError, match=r"campaign\.rate"):
        spec(campaign={"rate": rate})


def test_refusals_are_explained():
    """By what the answer says, without the key in it."""

    def talking(world):
        answer, changes, statements = faulty(world)
        if isinstance(answer, Reply) and answer.status == 409:
            text = json.dumps({"error": f"{world.email} is known"}).encode()
            answer = replace(answer, body=text)
        return answer, changes, statements

    verdict = judged(talking, campaign={"known": "50 %", "played": 8})
    assert ("refused with 409: … is known", "4, 4 of them known elsewhere", "") in (
        verdict.findings[0].exhibits[-1].rows
    )
    assert any("; 409: … is known (4)" in line for line in verdict.scope.tried)


def test_a_campaign_in_which_nobody_is_refused():
    """It is told in scope."""
    verdict = judged(fixed, campaign={"played": 4})
    assert any("0 were refused" in line for line in verdict.scope.tried)
