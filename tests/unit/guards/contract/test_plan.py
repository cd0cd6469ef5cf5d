"""Which scenarios are played, and which requests in which way."""

from __future__ import annotations

from twiceshy.guards.contract import Contract
from twiceshy.guards.contract.asking import Asking
from twiceshy.model.ownership import Ownership
from twiceshy.model.scenario import Kept, Plant, PlantKey, RequestTemplate
from twiceshy.model.survey import ActorFacts, Survey
from twiceshy.model.verdict import Value
from unit.guards.contract.histories import ADD, LIST, NOTES, ONE, World, reply, spec, survey

NOTE = {"id": 1500200001, "title": "a title"}
KEEPING = {"request": "POST /notes", "json": {"title": "new"}, "keep": {"id": "$.id"}}


def test_what_is_asked_for_is_passed_on():
    """Baselines of each form, recorded traffic, storage."""
    asks = Contract().asks
    assert asks(spec(baseline="version:old")).baseline == "old"
    assert asks(spec(baseline="git:v1")).baseline == "git:v1"
    recorded = asks(spec(baseline="notes.contract", storage="all", skip=("DELETE /x",)))
    assert (recorded.baseline, recorded.recorded) == ("", "notes.contract")
    assert (recorded.storages, recorded.skip, recorded.requests) == ("all", ("DELETE /x",), "all")
    traffic = asks(spec(requests="traffic.har"))
    assert (traffic.har, traffic.requests) == ("traffic.har", "all")
    assert asks(spec(requests=("GET /notes",), **{"as": "ana"})).actors == ("ana",)


def test_each_slot_is_filled_in_each_way_that_there_is():
    """By the planted row, by one of the seed, by what an earlier request made."""
    guard = spec(requests=(KEEPING, "GET /notes/{id}"))
    batches = {batch.suffix: batch.steps for batch in Asking(guard, survey(ADD, ONE)).batches()}
    assert [dict(step.slots)["id"] for step in batches[""]] == [
        PlantKey("full.notes.1", "id"), "1",
    ]  # fmt: skip
    before, kept = batches[" / 1|kept GET /notes/{id}"]
    assert (before.keeps, kept.slots) == ((("id", "$.id"),), (("id", Kept("id")),))
    assert [step.key for step in batches[" / 0 POST /notes"]] == ["0"]


def test_a_slot_of_the_actor_is_the_actors_own():
    """Whoever asks has the row that the configuration names."""
    catalogue = survey().catalogue
    me = {"ana": ActorFacts("ana", ((NOTES, {"id": "9"}),))}
    facts = survey(ONE).requests
    whole = Survey(catalogue, Ownership(catalogue, (NOTES,)), me, facts)
    (batch,) = Asking(spec(**{"as": "ana"}), whole).batches()
    assert [step.slots for step in batch.steps] == [(("id", "9"),)]


def test_of_requests_written_twice_each_keeps_its_own():
    """Entries are matched in their order; what was skipped may be absent."""
    other = {**KEEPING, "json": {"title": "x"}, "keep": {"other": "$.id"}}
    guard = spec(requests=("DELETE /notes/{id}", KEEPING, other))
    twice = RequestTemplate("POST", "/notes", json={"title": "x"}, has_json=True)
    steps = Asking(guard, survey(ADD, twice)).sequence(planted=True)
    assert [step.keeps for step in steps] == [(("id", "$.id"),), (("other", "$.id"),)]


def test_a_request_that_writes_is_played_in_order_too():
    """Alone it is compared by itself; after it, others may answer otherwise."""
    guard = spec(baseline="git:v1")

    def service(asked):
        broken = asked.on == "" and asked.key == "1|in order"
        return reply({**NOTE, "title": '{"a": 1}' if broken else {"a": 1}})

    world = World(guard, survey(ADD, ONE), service)
    verdict = world.judge()
    assert [found.where for found in verdict.findings] == ["$.title"]
    orders = [run for run in world.history if run.scenario.topic == "versions / in order"]
    assert [step.number for step in orders[0].scenario.steps] == [0, 1]


def test_versions_take_turns_on_the_same_data():
    """Both get the same rows."""
    world = World(spec(baseline="git:v1"), survey(LIST), lambda _: reply([NOTE]))
    played = [(run.scenario.on, run.scenario.role) for run in world.play()]
    assert played == [("baseline", "control"), ("", "perturbed")] * 4
    states = [run.scenario.state.name for run in world.history]
    assert states == ["full"] * 4 + ["sparse"] * 4
    planted = {
        tuple(o.name for o in run.scenario.state.operations if isinstance(o, Plant))
        for run in world.history
    }
    assert planted == {("full.authors.1", "full.notes.1")}


def test_only_what_reads_a_table_is_asked_when_it_lacks_something():
    """And each state is played once for all that read only."""
    world = World(spec(missing=True), survey(LIST, ONE), lambda _: reply([NOTE]))
    names = [run.scenario.state.name for run in world.play()]
    assert len(names) - 2 == len(set(names)) - 1, "two controls, each state once"
    assert len(names) < 30


def test_where_planted_rows_break_a_request_the_seed_alone_is_taken():
    """What somebody made up is no measure; the rows that were there are."""

    def service(asked):
        if asked.state == "full" or asked.state.endswith("in one row"):
            return reply({"detail": "oops"}, 500)
        return reply([{**NOTE, "title": 5}] if asked.on == "" else [NOTE])

    guard = spec(baseline="git:v1", missing=True)
    world = World(guard, survey(LIST), service)
    verdict = world.judge()
    assert [found.where for found in verdict.findings] == ["$[].title"]
    assert any("GET /notes failed beside planted ones" in line for line in verdict.scope.tried)
    planted = [o for o in world.history[-1].scenario.state.operations if isinstance(o, Plant)]
    assert planted == []
    recorded = World(spec(baseline="x.contract"), survey(LIST), service)
    text = Contract().record(recorded.spec, recorded.survey, recorded.play())
    assert "$[].title  integer" in text


def test_versions_are_compared_beside_null_too():
    """What may be NULL is, in rows that are the same otherwise; what leads to them stays."""
    guard = spec(baseline="git:v1")

    def service(asked):
        crashes = asked.state == "sparse" and asked.on == ""
        return reply({"detail": "oops"}, 500) if crashes else reply(NOTE)

    world = World(guard, survey(ONE), service)
    (finding,) = world.judge().findings
    assert "NULL wherever that is possible" in finding.state
    run = next(run for run in world.history if run.scenario.state.name == "sparse")
    author, note = run.scenario.state.operations
    assert (author.values, note.parents) == ((), ())
    assert dict(note.values) == {"author_id": None, "title": None, "options": None}
    steps = {step.key: step.slots for step in run.scenario.steps}
    assert steps == {"0|with NULL": (("id", PlantKey("full.notes.1", "id")),)}


def test_a_baseline_that_fails_beside_null_is_no_measure():
    """Nor is it a doubt: with values it works."""
    broken = reply({"detail": "oops"}, 500)

    def service(asked):
        return broken if asked.state == "sparse" else reply([NOTE])

    assert World(spec(baseline="git:v1"), survey(LIST), service).judge().value is Value.HOLDS
    guard = spec(baseline="x.contract")
    first = World(guard, survey(LIST), service)
    text = Contract().record(guard, first.survey, first.play())
    assert "with NULL" not in text
    mended = World(guard, survey(LIST, recorded=text), lambda _: reply([NOTE]))
    assert mended.judge().value is Value.HOLDS
