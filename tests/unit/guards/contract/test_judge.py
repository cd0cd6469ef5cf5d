"""Verdicts of guard `contract` on small histories."""

from __future__ import annotations

import gzip
import json
import random

import pytest

from twiceshy.guards.contract import Contract
from twiceshy.guards.contract.recording import read
from twiceshy.model.history import NoReply, Reply
from twiceshy.model.scenario import Kept, RequestTemplate, line_template
from twiceshy.model.survey import RequestFacts
from twiceshy.model.verdict import Value
from unit.guards.contract.histories import (
    ADD,
    LIST,
    ONE,
    World,
    assert_broken,
    assert_held,
    assert_unknown,
    reply,
    spec,
    survey,
)

NOTE = {"id": 7, "title": "a title", "stars": 3, "made": "2024-04-12", "author": {"name": "Ada"}}
VERSIONS = spec(baseline="git:v1")


def versions(before, after, **more):
    """A world in which one request is answered so by the baseline, and so by this version."""
    before, after = (b if isinstance(b, Reply | NoReply) else reply(b) for b in (before, after))
    return World(
        more.pop("spec", VERSIONS), survey(LIST),
        lambda asked: before if asked.on == "baseline" else after, **more,
    )  # fmt: skip


def without(service, *templates, **more):
    """A world in which data goes missing."""
    return World(
        more.pop("spec", spec(missing=True)), survey(*(templates or (LIST,))), service, **more
    )


# -- versions ---------------------------------------------------------------------------------


def test_the_same_shape_holds():
    """Whatever the values are."""
    verdict = assert_held(versions([NOTE], [{**NOTE, "title": "another", "stars": 12}]))
    assert "compared with git:v1 on the same data, in turn" in verdict.scope.tried


@pytest.mark.parametrize(
    ("after", "because"),
    [
        ({**NOTE, "author": json.dumps({"name": "Ada"})}, "$[].author: object became text (json)"),
        ({**NOTE, "stars": "3"}, "$[].stars: integer became text (integer)"),
        ({**NOTE, "stars": 3.5}, "$[].stars: integer became number"),
        ({**NOTE, "title": None}, "$[].title: text became null"),
        ({**NOTE, "title": "None"}, "$[].title: text became text (null-word)"),
        ({**NOTE, "title": ""}, "$[].title: text became text (empty)"),
        ({**NOTE, "made": "12/04/2024"}, "$[].made: text (date) became text (date-either-first)"),
        ({**NOTE, "made": "2024-04-12 00:00:00"}, "(date) became text (date-time-local-spaced)"),
        ({**NOTE, "made": 1712880000}, "$[].made: text (date) became integer"),
        ({k: v for k, v in NOTE.items() if k != "stars"}, "$[].stars (integer) is gone"),
        ({**NOTE, "title": "YSB0aXRsZQ=="}, "$[].title: text: a title became text: YSB0aXRsZQ=="),
        ({**NOTE, "title": '"a title"'}, '$[].title: text: a title became text: "a title"'),
    ],
)
def test_a_changed_field_is_found_with_its_place(after, because):
    """Type, null, format and absence, each told with what it was before."""
    verdict = assert_broken(versions([NOTE], [after]), because, "differs-between-versions")
    assert len(verdict.findings) == 1
    assert verdict.findings[0].where.startswith("$[].")


@pytest.mark.parametrize(
    ("after", "because"),
    [
        (reply([NOTE], 500), "status 200 became 500"),
        (reply([NOTE], kind="text/html"), "application/json became text/html"),
        (reply(b"", kind="application/json"), "the body: json became empty"),
        (reply(b'[{"id": 7', kind="application/json"), "json became JSON that does not parse"),
        (reply([]), "$: 1 item became 0 items"),
        (reply(json.dumps([NOTE])), "$: array became text (json)"),
        (reply(b"\xef\xbb\xbf" + json.dumps([NOTE]).encode()), "byte order mark"),
        (reply(json.dumps([NOTE]).encode("utf-16")), "JSON that does not parse"),
        (reply([NOTE], content_disposition="attachment; filename=x.json"), "content-disposition"),
        (NoReply("reset", "the connection broke off"), "no answer (the connection broke off)"),
    ],
)
def test_a_changed_answer_is_found(after, because):
    """Status, content type, body, counts and headers."""
    assert_broken(versions([NOTE], after), because)


def test_a_table_that_is_laid_out_otherwise_is_found():
    """What separates the columns, and their order; a further column may come."""
    before = reply(b"id,made\n7,2024-04-12\n", kind="text/csv")
    for after, because in (
        (b"id;made\n7;2024-04-12\n", "column separator: (not there) became semicolon"),
        (b"made,id\n2024-04-12,7\n", "$[]: columns id, made became columns made, id"),
    ):
        assert_broken(versions(before, reply(after, kind="text/csv")), because)
    assert_held(versions(before, reply(b"id,who,made\n7,Ada,2024-04-12\n", kind="text/csv")))


def test_what_is_added_is_told_and_accuses_nobody():
    """So is null that does not come any more."""
    before, after = [{**NOTE, "old": None}, {**NOTE, "old": "x"}], [{**NOTE, "old": "x", "new": 1}]
    verdict = assert_held(versions(before, after * 2))
    assert "compatible: GET /notes: $[].new is new (integer)" in verdict.scope.notes
    assert any("$[].old: text or null became text" in note for note in verdict.scope.notes)


def test_noise_is_learned_wherever_the_same_is_asked():
    """A list that is two or three long was three long each time that nothing was missing."""

    def service(asked):
        short = asked.turn == 1 or asked.state == "notes.title = NULL"
        return reply({"notes": [NOTE], "more": [1, 2] if short else [1, 2, 3]})

    assert_held(World(spec(missing=True, baseline="git:v1"), survey(LIST), service))
    assert_broken(without(service), "$.more: 3 items became 2 items")


def test_null_that_became_a_word_is_found():
    """Also where nothing but null was ever seen."""
    before, after = [{**NOTE, "old": None}], [{**NOTE, "old": "None"}]
    assert_broken(versions(before, after), "$[].old: null became text (null-word)")


def test_noise_is_learned():
    """What differs between two answers of the baseline cannot accuse."""
    answers = [[{**NOTE, "title": None}], [NOTE]]

    def service(asked):
        return reply(
            answers[asked.turn // 2 % 2] if asked.on == "baseline" else [{**NOTE, "title": 5}]
        )

    verdict = assert_held(World(VERSIONS, survey(LIST), service))
    assert "GET /notes: differs by itself, not compared: $[].title" in verdict.scope.notes


def test_noise_of_the_baseline_is_learned_in_every_world():
    """A number that had no point by chance had one later, on the fresh clone."""

    def service(asked):
        by_chance = asked.turn < 8 or asked.turn // 4 % 2
        return reply(b'{"took": 1}' if asked.on == "baseline" and by_chance else b'{"took": 1.5}')

    world = World(VERSIONS, survey(LIST), service)
    assert_held(world)
    assert {run.scenario.world for run in world.history} == {0, 1}


def test_answers_of_another_sort_each_time_are_no_measure():
    """Nothing at all could be compared with them."""
    answers = [reply([NOTE]), reply(NOTE)]

    def service(asked):
        return answers[asked.turn // 2 % 2]

    because = "GET /notes: is not answered in one way"
    assert_unknown(World(VERSIONS, survey(LIST), service), because)


def test_random_texts_have_no_format_by_chance():
    """A token that sometimes looks like a number is no number, but an id stays an id."""
    tokens = iter(f"{n}" for n in range(1000, 9999))
    other = iter("abcdefghij" * 20)

    def service(asked):
        token = next(tokens) if asked.on == "baseline" else next(other)
        return reply([{**NOTE, "title": token}])

    assert_held(World(VERSIONS, survey(LIST), service))


def test_an_allowed_change_is_told_with_its_reason():
    """And an allowance that nothing needed is told as well."""
    allow = (
        {"request": "GET /notes", "path": "$[].author", "change": "type", "reason": "shorter"},
        {"path": "$.nothing", "reason": "once upon a time"},
    )
    after = [{**NOTE, "author": "Ada"}]
    verdict = assert_held(versions([NOTE], after, spec=spec(baseline="git:v1", allow=allow)))
    notes = "\n".join(verdict.scope.notes)
    assert "$[].author: object became text, which is allowed: shorter" in notes
    assert "allowed, but never needed: $.nothing any (once upon a time)" in notes


def test_what_is_not_seen_again_is_a_doubt():
    """On a fresh clone it must come again."""

    def service(asked):
        bad = asked.on != "baseline" and asked.turn < 4
        return reply([{**NOTE, "stars": "3"}] if bad else [NOTE])

    assert_unknown(World(VERSIONS, survey(LIST), service), "not again on a fresh clone")


@pytest.mark.parametrize(
    ("answer", "because"),
    [
        (reply({"detail": "no"}, 500), "never got a good answer to compare with the baseline"),
        (NoReply("too large", "longer than 10 MB"), "longer than 10 MB"),
        (reply(b"\x0b\x02\x80", content_encoding="zstd"), "compressed as zstd"),
        (reply(b"[" * 100_000), "nested too deep"),
        (reply(b"{"), "JSON that does not parse, so nothing inside was compared"),
        (reply([NOTE], 503), "turned away"),
        (reply({"error": "no"}, 403), "never got a good answer"),
    ],
)
def test_without_a_good_control_nothing_holds(answer, because):
    """Broken, unreadable or refused answers are a measure of nothing."""
    assert_unknown(versions(answer, answer), because)


def test_a_new_request_is_no_difference_but_a_doubt():
    """The baseline does not know it yet."""
    assert_unknown(versions(reply({}, 404), [NOTE]), "never got a good answer")


def test_compressed_answers_are_read():
    """Gzip is taken off, and the encoding itself is a header that matters."""
    packed = gzip.compress(json.dumps([NOTE]).encode())
    one = reply(packed, content_encoding="gzip")
    assert_held(versions(one, one))
    other = reply(gzip.compress(b'[{"id": "7"}]'), content_encoding="gzip")
    assert_broken(versions(one, other), "$[].id")


def test_large_numbers_must_keep_their_digits():
    """Beyond 2^53 a number that went through floating point is another number."""
    before = reply(b'[{"id": 9007199254740993}]')
    assert_broken(versions(before, reply(b'[{"id": 9007199254740992}]')), "9007199254740993 became")
    assert_held(versions(before, before))


def test_keys_that_stand_twice_and_numbers_that_are_none_accuse():
    """Clients disagree about both."""
    before = reply(b'{"a": 1.5}')
    assert_broken(versions(before, reply(b'{"a": 1.5, "a": 2.5}')), "object (key-twice)")
    assert_broken(versions(before, reply(b'{"a": NaN}')), "number (not-json)")
    one, other = reply(b'{"a": 1, "a": "x"}'), reply(b'{"a": "x", "a": 1}')
    assert_held(versions(one, one))
    assert_broken(versions(one, other), "$.a: text became integer")


def test_who_is_sent_to_the_login_was_not_compared():
    """Each answer would be the same redirect."""
    sent = reply(b"", 302, location="/login?next=/notes")
    guard = spec(baseline="git:v1", **{"as": "ana"})
    assert_unknown(versions(sent, sent, spec=guard), "ana was not logged in")


def test_a_redirect_is_compared_by_where_it_leads():
    """Not by the ids on the way."""
    one = reply(b"", 303, "", location="/notes/17")
    assert_held(versions(one, reply(b"", 303, "", location="http://127.0.0.1:4711/notes/18")))
    assert_broken(versions(one, reply(b"", 303, "", location="/")), "header location")


def test_days_and_months_that_changed_places_are_seen():
    """Although both are dates of one format."""
    before, after = [{"on": "03/04/2024"}], [{"on": "04/03/2024"}]
    assert_broken(versions(before, after), "03/04/2024 became text: 04/03/2024")


# -- recorded ---------------------------------------------------------------------------------


def test_recorded_shapes_are_a_baseline():
    """What was recorded is read again and compared."""
    guard = spec(baseline="notes.contract")
    first = World(guard, survey(LIST, ONE), lambda _: reply([NOTE]))
    text = Contract().record(guard, first.survey, first.play())
    assert "GET /notes/{id}" in text
    assert "(a row of the seed)" not in text, "it would say the same once more"
    assert "$[].made         text:date" in text
    again = survey(LIST, ONE, recorded=text)
    assert_held(World(guard, again, lambda _: reply([NOTE])))
    broken = World(guard, again, lambda _: reply([{**NOTE, "stars": "3"}]))
    found = assert_broken(broken, "otherwise than notes.contract says: $[].stars").findings
    assert {one.rule for one in found} == {"differs-from-recorded"}
    assert len(found) == 2


def test_a_baseline_that_is_not_there_is_a_doubt():
    """So is one that cannot be read, with its line."""
    guard = spec(baseline="notes.contract")
    assert_unknown(World(guard, survey(LIST), lambda _: reply([NOTE])), "twiceshy record")
    broken = survey(LIST, recorded="GET /notes\n  all is well\n")
    assert_unknown(World(guard, broken, lambda _: reply([NOTE])), "line 2")


# -- storage ----------------------------------------------------------------------------------


def test_another_storage_is_compared_by_the_same_sequence():
    """Ids of later requests come from the answers to earlier ones."""
    requests = ({"request": "POST /notes", "json": {"title": "new"}, "keep": {"id": "$.id"}},)
    guard = spec(requests=(*requests, "GET /notes/{id}"), storage=("sqlite",))
    facts = survey(ADD, ONE, storages=("sqlite",))

    def service(asked):
        made = "2024-04-12T01:00:00+00:00" if asked.on != "storage:sqlite" else "2024-04-12 01:00"
        return reply({**NOTE, "made": made})

    world = World(guard, facts, service)
    verdict = assert_broken(
        world, "on sqlite than on PostgreSQL: $.made: text (date-time)", "differs-by-storage"
    )
    assert len(verdict.findings) == 2
    step = world.history[0].scenario.steps[1]
    assert step.slots == (("id", Kept("id")),)
    assert world.history[0].scenario.steps[0].keeps == (("id", "$.id"),)


def test_neither_storage_is_the_right_one():
    """What one of them has more is what the other lacks; who fails on PostgreSQL is found, too."""
    guard = spec(requests=("GET /notes",), storage=("sqlite",))
    facts = survey(LIST, storages=("sqlite",))
    more = [{**NOTE, "more": 1}]
    world = World(guard, facts, lambda a: reply(more if a.on else [NOTE]))
    assert_broken(world, "$[].more is new")
    world = World(guard, facts, lambda a: reply([NOTE]) if a.on else reply({}, 500))
    assert assert_broken(world, "status 500 became 200").reasons == ()


def test_requests_of_one_path_are_told_apart_by_their_query():
    """Also in what is allowed."""
    pages = [RequestTemplate("GET", "/notes", query=(("page", str(n)),)) for n in (1, 2)]
    allow = ({"request": "GET /notes?page=1", "reason": "new"},)

    def judged(**more):
        broken = [{**NOTE, "stars": "3"}]
        guard = spec(baseline="git:v1", **more)

        def service(asked):
            return reply([NOTE] if asked.on else broken)

        return World(guard, survey(*pages), service).judge().findings

    told = ["GET /notes?page=1", "GET /notes?page=2"]
    assert [one.title.partition(" answers")[0] for one in judged()] == told
    assert [one.request for one in judged(allow=allow)] == told[1:]


def test_a_storage_that_could_not_be_tried_is_a_doubt():
    """Nothing was compared then."""
    guard = spec(storage=("mariadb",))
    assert_unknown(World(guard, survey(LIST), lambda _: reply([])), "none of the other storage")


def test_rows_that_only_the_seed_has_do_not_accuse_a_storage():
    """PostgreSQL was seeded; the other storage knows neither the row nor its count."""
    guard = spec(storage=("sqlite",))
    facts = survey(LIST, ONE, storages=("sqlite",))

    def service(asked):
        if asked.request == str(ONE):
            return reply(NOTE) if not asked.on else reply({"detail": "none"}, 404)
        return reply([NOTE, NOTE] if not asked.on else [NOTE])

    world = World(guard, facts, service)
    assert_unknown(world, "GET /notes/{id}")


# -- no valid data ----------------------------------------------------------------------------


def notes(asked, **changed):
    """A careful service: what is missing is null, or an empty list."""
    if asked.state.startswith("no notes"):
        return reply([])
    field = asked.state.partition(".")[2].partition(" ")[0]
    null = {field: None} if field in NOTE else {}
    return reply([{**NOTE, **null, **changed}])


def test_a_careful_service_holds():
    """Each thing is missing once, and the answers keep their shape."""
    world = without(notes)
    verdict = assert_held(world)
    tried = next(line for line in verdict.scope.tried if "one thing missing" in line)
    assert "in authors, notes" in tried
    states = {run.scenario.state.name for run in world.history}
    assert {"no notes", "no authors", "notes.title = NULL", "notes.options = {}"} <= states
    assert {"notes.stars = 0", "notes.stars = 2147483647", "notes.title = empty text"} <= states
    assert "notes.id = NULL" not in states


@pytest.mark.parametrize(
    ("state", "answer", "because"),
    [
        ("notes.title = NULL", reply({"detail": "oops"}, 500), "status 200 became 500"),
        ("notes.title = NULL", reply([{**NOTE, "title": "None"}]), "text (null-word)"),
        ("notes.title = NULL", reply({"detail": "none"}, 404), "status 200 became 404"),
        ("notes.title = NULL", reply(None), "$: array became null"),
        ("notes.author_id = NULL", reply([]), "$: 1 item became 0 items"),
        ("notes.options = empty text", reply(b""), "the body: json became empty"),
        ("notes.options = {", reply(b'[{"x'), "does not parse"),
        ("no notes", reply({"detail": "oops"}, 500), "status 200 became 500"),
        ("notes.stars = 0", reply([{**NOTE, "stars": "low"}]), "$[].stars: integer became text"),
        ("notes.stars = 0", NoReply("reset", "it broke off"), "no answer"),
    ],
)
def test_what_breaks_without_data_is_found(state, answer, because):
    """With the state, the column and the place."""

    def service(asked):
        return answer if asked.state.startswith(state) else notes(asked)

    verdict = assert_broken(without(service), because, "breaks-without-data")
    assert verdict.findings[0].data == (state.removeprefix("no ").partition(" ")[0],)
    assert verdict.findings[0].exhibits


def test_a_field_vanishes_only_where_others_are_null():
    """Who leaves out what is null, always, may do so; who sends null elsewhere may not."""

    def sparing(asked):
        kept = {k: v for k, v in NOTE.items() if asked.state != f"notes.{k} = NULL"}
        return reply([kept]) if asked.state != "no notes" else reply([])

    assert_held(without(sparing))

    def both(asked):
        answer = json.loads(sparing(asked).body)
        return reply([{**one, "subtitle": None} for one in answer])

    assert_broken(without(both), "$[].title (text) is gone")


def test_the_row_that_was_asked_for_may_be_absent():
    """404 is right then, and only then."""

    def service(asked):
        if asked.state == "no notes":
            return reply({"detail": "no such note"}, 404)
        return reply(NOTE)

    assert_held(without(service, ONE))

    def joins(asked):
        gone = asked.state in {"no notes", "no authors"}
        return reply({"detail": "no such note"}, 404) if gone else reply(NOTE)

    assert_broken(without(joins, ONE), "authors has no rows: status 200 became 404")


def test_a_row_that_is_hidden_with_another_is_found():
    """An inner join with an empty table shows nothing, although the row is there."""
    row = {**NOTE, "id": 1500200001}

    def service(asked):
        return reply([] if asked.state in {"no notes", "no authors"} else [row])

    assert_broken(without(service), "authors has no rows", "breaks-without-data")
    row["author"] = {"id": 1500100001}
    verdict = assert_held(without(service))
    assert any("authors has no rows" in note for note in verdict.scope.notes) is False


def test_a_row_inside_of_a_missing_one_goes_with_it():
    """Who lists authors with their notes shows no notes where there are no authors."""
    ada = {"id": 1500100001, "notes": [{"id": 1500200001, "title": "a title"}], "tags": [1]}

    def service(asked):
        return reply([] if asked.state == "no authors" else [ada])

    assert_held(without(service))

    def beside(asked):
        gone = asked.state == "no authors"
        return reply(
            {
                "authors": [] if gone else [{"id": 1500100001}],
                "notes": [] if gone or asked.state == "no notes" else ada["notes"],
            }
        )

    assert_broken(without(beside), "authors has no rows", "breaks-without-data")


def test_a_list_of_what_points_at_a_row_is_empty_where_nothing_does():
    """Whoever puts notes to their authors without a join loses none; a plain list would."""
    notes = [{"id": 1500200001, "title": "a title"}]

    def listed(asked):
        alone = asked.state in {"notes.author_id = NULL", "no notes"}
        there = [] if alone else notes
        return reply([] if asked.state == "no authors" else [{"id": 1500100001, "notes": there}])

    assert_held(without(listed))

    def joined(asked):
        alone = asked.state in {"notes.author_id = NULL", "no notes"}
        return reply([] if alone else notes)

    assert_broken(without(joined), "notes.author_id is NULL in every row: $: 1 item became 0 items")


def test_states_that_no_data_can_be_in_are_tried_in_one_row():
    """And where that is impossible too, the scope says so."""
    world = without(notes, impossible=frozenset({"notes.title = empty text"}))
    assert_held(world)
    assert "notes.title = empty text in one row" in {r.scenario.state.name for r in world.history}
    both = {"notes.title = empty text", "notes.title = empty text in one row"}
    verdict = assert_held(without(notes, impossible=frozenset(both)))
    assert any("notes.title is empty text" in what for what, _ in verdict.scope.untried)


def test_there_are_few_scenarios():
    """Two tables, one request that reads, one of a row in two ways: counted once, printed."""
    world = World(spec(missing=True, baseline="git:v1"), survey(LIST, ONE), notes)
    played = len(world.play())
    print(f"{played} scenarios for two tables and two requests")
    assert played < 40


def test_a_guard_that_compares_with_nothing_says_so():
    """It would hold out of ignorance."""
    assert_unknown(World(spec(), survey(LIST), notes), "nothing to compare with")


def test_a_request_that_cannot_be_sent_is_a_doubt_unless_nobody_wrote_it_down():
    """Of a description, it is told in the scope."""
    broken = RequestFacts(line_template("GET /x/{y}"), problem="no column for {y}")
    known = survey(LIST)
    named = type(known)(known.catalogue, known.ownership, requests=(*known.requests, broken))
    assert_unknown(World(VERSIONS, named, notes), "GET /x/{y}: no column for {y}")


def test_recorded_text_is_what_is_read():
    """The file that `record` writes says what the answers were."""
    world = World(spec(missing=True), survey(LIST), notes)
    text = Contract().record(world.spec, world.survey, world.play())
    assert read(text)["GET /notes"].places["$[].stars"].types == {"integer"}


ODD = (
    reply([NOTE]), reply(NOTE), reply([]), reply(None), reply("x"), reply({}, 404), reply({}, 500),
    reply(b""), reply(b"{"), reply(b"[" * 2000), reply(b"a,b\n1,2\n", kind="text/csv"),
    reply(b"A=1\nB=\n", kind="text/plain"), reply(b"\x00\xff", kind="image/png"),
    reply(b"", 204, ""),
    reply(b'{"a": 1, "a": {"b": []}}'), reply(b"<a><b/></a>", kind="text/xml"),
    reply([{**NOTE, "id": 1500200001}, {"id": None}]), reply(b"", 302, location="/login"),
    NoReply("timeout", "it took too long"), NoReply("too large", "it is too large"),
)  # fmt: skip


@pytest.mark.parametrize("seed", range(12))
def test_the_judge_comes_to_a_verdict_whatever_is_answered(seed):
    """With all that can be compared, and answers that change at random."""
    chance = random.Random(seed)
    several = chance.sample(ODD, 3)
    requests = ("GET /notes", "GET /notes/{id}", {"request": "POST /notes", "keep": {"id": "$.id"}})
    guard = spec(requests=requests, baseline="git:v1", storage="all", missing=True)
    whole = survey(LIST, ONE, ADD, storages=("sqlite", "folder"))
    world = World(guard, whole, lambda _: chance.choice(several))
    assert world.judge().value is not Value.HOLDS
    recorded = survey(LIST, recorded=Contract().record(guard, whole, world.play()))
    again = World(spec(baseline="x.contract"), recorded, lambda _: chance.choice(several))
    assert again.judge().value in set(Value)
