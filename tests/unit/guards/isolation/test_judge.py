"""The judge of `isolation`, on histories of a few lines."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.guards.isolation.histories import (
    ANAS_SECOND,
    BENS_GOAL,
    CATALOGUE,
    DEPOSITS,
    MINE,
    ONE,
    SPEC,
    SURVEY,
    USERS,
    assert_broken,
    assert_held,
    assert_unknown,
    change,
    reply,
    run,
    seen,
    turns,
    twice,
    verdict_on,
)

from twiceshy.guards.isolation import Isolation
from twiceshy.guards.isolation.spec import Spec
from twiceshy.model.history import NoReply, Refusal, RowChange, Statement
from twiceshy.model.ownership import Ownership
from twiceshy.model.scenario import RequestTemplate
from twiceshy.model.schema import Catalogue, Column, QName, Table
from twiceshy.model.survey import ActorFacts, RequestFacts, Slot
from twiceshy.model.verdict import Value

if TYPE_CHECKING:
    from twiceshy.model.history import Reply, Run

BEN = "ben@example.com"
MY_LIST = reply([{"name": "twanagoal1"}])
LEAK = reply([{"name": "twanagoal1"}, {"name": "twbengoal1"}])


def test_equal_answers_hold() -> None:
    """Nothing differs, so the failure would not come back."""
    assert_held(twice("others:one", MY_LIST, MY_LIST))


def test_a_foreign_row_in_a_list_is_told_with_its_column_and_owner() -> None:
    """The canary of ben accuses, and the finding says whose data it is and where it stands."""
    verdict = assert_broken(twice("others:one", MY_LIST, LEAK), because="foreign-data-shown")
    finding = verdict.findings[0]
    assert (finding.owner, finding.where) == ("ben", "$[1].name")
    assert finding.data == ("goals.name",)
    assert finding.after == "twbengoal1"


def test_a_count_that_depends_on_others_recurs_without_any_canary() -> None:
    """Non-interference catches what shows no value of the other."""
    history = twice("others:one", reply({"count": 1}), reply({"count": 2}))
    finding = assert_broken(history, because="depends-on-others").findings[0]
    assert (finding.where, finding.before, finding.after) == ("$.count", "1", "2")


def test_noise_among_controls_accuses_nobody() -> None:
    """What differs between two controls says nothing when it differs again."""
    answers = [reply({"at": number, "goals": 1}) for number in range(8)]
    history = turns("others:one", list(map(seen, answers[:2])), list(map(seen, answers[2:4])))
    assert_held(history)


def test_a_canary_accuses_even_inside_noise() -> None:
    """A value of ben's row cannot be there by chance, however noisy the place."""
    noisy = [seen(reply({"tip": f"at {number}"})) for number in (1, 2)]
    leaks = [seen(reply({"tip": f"twbengoal1 at {number}"})) for number in (3, 4)]
    history = [r for world in (0, 1) for r in turns("others:one", noisy, leaks, world=world)]
    assert_broken(history, because="foreign-data-shown")


def test_a_difference_that_does_not_come_back_on_a_fresh_clone_was_noise() -> None:
    """A token that ticked once between controls and perturbed runs is no leak."""
    first = turns("others:one", [seen(reply({"exp": 1}))] * 2, [seen(reply({"exp": 2}))] * 2)
    again = turns(
        "others:one", [seen(reply({"exp": 3}))] * 2, [seen(reply({"exp": 3}))] * 2, world=1
    )
    assert_held(first + again)


def test_a_canary_that_does_not_come_back_leaves_a_doubt() -> None:
    """Somebody's data was seen once: that is neither proven nor harmless."""
    first = turns("others:one", [seen(MY_LIST)] * 2, [seen(LEAK)] * 2)
    again = turns("others:one", [seen(MY_LIST)] * 2, [seen(MY_LIST)] * 2, world=1)
    assert_unknown(first + again, because="not again on a fresh clone")


def test_data_that_anybody_gets_is_public() -> None:
    """What a caller without credentials sees as well is no secret, and is told in scope."""
    history = twice("others:one", MY_LIST, LEAK)
    history = [
        replace(r, observations=(*r.observations, seen(r.observations[0].answer, actor=None)))
        if r.scenario.world
        else r
        for r in history
    ]
    verdict = assert_held(history)
    assert any("public" in note for note in verdict.scope.notes)


def test_a_foreign_row_changed_recurs_whatever_the_status() -> None:
    """204 or 404, ben's row is another now."""
    for status in (204, 404):
        steps = [
            seen(reply("", status), template=ONE, key="1|goal_id=ben.goals.1",
                 changes=(change(BENS_GOAL, name="stolen"),))
        ]  # fmt: skip
        history = [
            run("swap:1", "perturbed", *steps, rows=(*MINE, BENS_GOAL), world=world)
            for world in (0, 1)
        ]
        history += twice("others:one", MY_LIST, MY_LIST)
        assert_broken(history, because="foreign-row-changed")


@pytest.mark.parametrize("writes", [(), (BENS_GOAL.table,)], ids=["reads only", "writes"])
def test_a_change_that_does_not_come_back_is_of_whoever_wrote(writes: tuple[QName, ...]) -> None:
    """A thread of the service may have touched the row while a request only read."""
    statement = Statement("one", reads=(BENS_GOAL.table,), writes=writes)
    history = [
        run("swap:1", "perturbed",
            seen(reply(""), template=ONE, key="1|goal_id=ben.goals.1", statements=(statement,),
                 changes=(change(BENS_GOAL, name="touched"),) if world == 0 else ()),
            rows=(*MINE, BENS_GOAL), world=world)
        for world in (0, 1)
    ]  # fmt: skip
    history += twice("others:one", MY_LIST, MY_LIST)
    doubted = any("not again on a fresh clone" in why for why in verdict_on(history).reasons)
    assert doubted is bool(writes)


def test_what_changes_without_us_is_not_our_doing() -> None:
    """A row of ben that also changes beside an idle request was changed by a background job."""
    beat = (change(BENS_GOAL, name="touched"),)
    history = twice("others:one", MY_LIST, MY_LIST)
    for world in (0, 1):
        idle = replace(seen(reply("", 404), actor=None, changes=beat))
        idle = replace(idle, step=replace(idle.step, key="idle", number=-1))
        step = seen(MY_LIST, changes=beat)
        history.append(
            run(
                "others:two of goals", "perturbed", idle, step, rows=(*MINE, BENS_GOAL), world=world
            )
        )
    assert_held(history)


def test_an_id_that_the_request_itself_brought_is_no_leak() -> None:
    """An error text that repeats the id of the request shows nothing new."""
    step = seen(reply({"error": "no goal 1500100051"}, 404), template=ONE, key="1|goal_id=x")
    step = replace(step, request=replace(step.request, target="/goals/1500100051"))
    history = [run("swap", "perturbed", step, rows=(*MINE, BENS_GOAL), world=w) for w in (0, 1)]
    assert_held([*history, *twice("others:one", MY_LIST, MY_LIST), *_good_one()])


def _good_one() -> list:
    good = seen(reply({"name": "twanagoal1"}), template=ONE, key="1")
    return [
        played
        for world in (0, 1)
        for played in turns("others:two of goals", [good] * 2, [good] * 2, world=world)
    ]


def test_a_status_that_tells_ids_apart_is_told_in_scope() -> None:
    """403 for ben's id and 404 for nobody's discloses that ben's exists: a note, no finding."""
    theirs = seen(reply({}, 403), template=ONE, key="1|goal_id=ben.goals.1")
    nobody = seen(reply({}, 404), template=ONE, key="1|goal_id=twiceshy-nobody")
    history = [
        run("swap", "control", nobody, rows=(*MINE, BENS_GOAL)),
        run("swap", "perturbed", theirs, rows=(*MINE, BENS_GOAL)),
    ]
    verdict = assert_held([*history, *twice("others:one", MY_LIST, MY_LIST), *_good_one()])
    assert any(note.startswith("existence disclosed") for note in verdict.scope.notes)


# -- the empty view ---------------------------------------------------------------------------

FULL = reply([{"goal": "twanagoal1", "deposits": [{"note": "twanadep11"}]}])
EMPTY = reply([{"goal": "twanagoal1", "deposits": []}])
TWO = reply([{"goal": "twanagoal1", "deposits": [{"note": "twanadep11"}, {"note": "twanadep22"}]}])


def _empty_history(full, empty, two):
    none = (MINE[0],)
    both = (*MINE, ANAS_SECOND)
    return [
        *twice("others:one", full, full),
        *twice("others:none of deposits", empty, empty, rows=none),
        *twice("others:two of deposits", two, two, rows=both),
    ]


def test_an_empty_list_inside_a_goal_holds() -> None:
    """Without deposits the goal stays and its list is empty."""
    assert_held(_empty_history(FULL, EMPTY, TWO))


def test_an_inner_join_that_hides_the_goal_recurs() -> None:
    """The goal stood outside of the deposit's own item, so it must not go with it."""
    history = _empty_history(FULL, reply([]), TWO)
    assert_broken(history, because="empty-view-hides")


def test_a_goals_name_inside_a_deposits_own_item_may_go_with_it() -> None:
    """In a list of deposits, each with its goal's name, the name belongs to the item."""
    full = reply([{"note": "twanadep11", "goal": {"name": "twanagoal1"}}])
    two = reply(
        [{"note": note, "goal": {"name": "twanagoal1"}} for note in ("twanadep11", "twanadep22")]
    )
    assert_held(_empty_history(full, reply([]), two))


def test_the_same_in_html() -> None:
    """Table rows are items, as list elements are."""

    def page(*rows: str) -> str:
        cells = "".join(f"<tr><td>{row}</td><td>twanagoal1</td></tr>" for row in rows)
        return f"<html><body><table>{cells}</table></body></html>"

    assert_held(
        _empty_history(
            reply(page("twanadep11")), reply(page()), reply(page("twanadep11", "twanadep22"))
        )
    )
    nested = "<ul><li>twanagoal1<ul>{}</ul></li></ul>"
    full, two = (
        reply(nested.format("".join(f"<li>{d}</li>" for d in deposits)))
        for deposits in (["twanadep11"], ["twanadep11", "twanadep22"])
    )
    assert_broken(_empty_history(full, reply("<ul></ul>"), two), because="empty-view-hides")


def test_an_empty_view_that_fails_recurs() -> None:
    """A 500 for whoever has nothing is a failure of its own."""
    assert_broken(_empty_history(FULL, reply({}, 500), TWO), because="empty-view-fails")


def test_a_refusal_without_rows_that_are_never_shown_accuses_nobody() -> None:
    """Without a role there is no access: 403 is right when roles are not part of the view."""
    view = reply({"goal": "twanagoal1"})
    assert_held(_empty_history(view, reply({}, 403), view))


# -- doubts -----------------------------------------------------------------------------------


def test_a_request_that_never_succeeds_is_unknown() -> None:
    """401 in every control teaches nothing."""
    refused = reply({}, 401)
    assert_unknown(twice("others:one", refused, refused), because="never got a good answer")


def test_a_request_sent_to_the_login_page_is_unknown() -> None:
    """302 for a GET is no view."""
    away = reply("", 302, Location="/login")
    assert_unknown(twice("others:one", away, away), because="to /login")


def test_stale_restless_and_silent_runs_are_unknown() -> None:
    """An answer from a cache, a database that never rests, and no answer at all are doubts."""
    for doubt, because in (
        ({"stale": True}, "without reading the data"),
        ({"quiet": False}, "did not come to rest"),
    ):
        steps = [seen(MY_LIST, **doubt)] * 2
        assert_unknown(turns("others:one", steps, steps), because=because)
    silent = seen(NoReply("timeout", "no answer within 10 s"))
    history = [
        *twice("others:one", MY_LIST, MY_LIST),
        *turns("others:two of goals", [silent] * 2, [silent] * 2),
    ]
    assert_unknown(history, because="no answer within 10 s")


def test_a_request_that_reads_nothing_of_anybody_is_unknown() -> None:
    """Where no owned row is read, isolation cannot be judged."""
    steps = [seen(MY_LIST, statements=())] * 2
    assert_unknown(turns("others:one", steps, steps), because="without reading rows")


def test_a_failure_after_a_refused_outbound_call_is_unknown() -> None:
    """502 because the payment provider was out of reach says nothing about rows."""
    step = seen(reply({}, 502), refusals=(Refusal("api.payments.example:443"),))
    history = [
        *twice("others:one", MY_LIST, MY_LIST),
        *turns("others:two of goals", [step] * 2, [step] * 2),
    ]
    assert_unknown(history, because="api.payments.example:443")


def test_an_empty_history_is_unknown() -> None:
    """Nothing played, nothing told."""
    verdict = Isolation().judge(SPEC, SURVEY, ())
    assert (verdict.value, "nothing was played" in verdict.reasons) == (Value.UNKNOWN, True)


def test_a_guard_without_requests_is_unknown() -> None:
    """Where nothing is asked, nothing holds."""
    assert Isolation().judge(SPEC, replace(SURVEY, requests=()), ()).value == Value.UNKNOWN


def test_an_allowed_difference_is_a_note() -> None:
    """What a reviewer allowed with a reason is told in scope."""
    spec = Spec.model_validate(
        {"as": "ana", "against": "ben",
         "allow": ({"request": "GET /goals", "rule": "depends-on-others", "reason": "a ranking"},)}
    )  # fmt: skip
    history = twice("others:one", reply({"rank": 1}), reply({"rank": 2}))
    verdict = assert_held(history, spec=spec)
    assert any("a ranking" in note for note in verdict.scope.notes)
    assert verdict_on(history, spec=SPEC).value == Value.RECURS


_BODIES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12) | st.just("twbengoal1"),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(_BODIES, _BODIES, st.sampled_from([200, 204, 302, 404, 500]))
def test_the_judge_never_raises(one: object, other: object, status: int) -> None:
    """Whatever a service answers, there is a verdict."""
    history = twice("others:one", reply(one), reply(other, status))
    history += twice("others:none of deposits", reply(other, status), reply(one))
    assert verdict_on(history).value in Value


def test_what_is_shown_once_for_each_row_may_go_with_it() -> None:
    """Lines of text have no items, but two lines for two rows tell the same."""
    full = reply("<p>twanagoal1 for twanadep11</p>")
    two = reply("<p>twanagoal1 for twanadep11</p><p>twanagoal1 for twanadep22</p>")
    assert_held(_empty_history(full, reply("<p></p>"), two))


def test_a_view_that_fails_for_one_row_as_for_none_recurs() -> None:
    """It works with two rows, so it can work."""
    assert_broken(_empty_history(reply({}, 500), reply({}, 500), TWO), because="empty-view-fails")


BENS_PAGE = RequestTemplate("GET", "/users/{user_id}")
ACCOUNTS = replace(
    SURVEY,
    actors={
        "ana": ActorFacts("ana", ((USERS, {"id": "1", "name": "Ana Example"}),)),
        "ben": ActorFacts("ben", ((USERS, {"id": "2", "name": "Ben Example"}),)),
    },
    requests=(RequestFacts(BENS_PAGE, (Slot("user_id", USERS, "id"),), status=200),),
    holdings={USERS: {("1",): "ana", ("2",): "ben"}},
)
READ_USERS = (Statement("SELECT ... FROM users", reads=(USERS,)),)


def _page(answer: Reply, role: str, world: int, *, topic: str = "swap", **more: Any) -> Run:
    """The page of a user, asked by ana."""
    key = "0" if topic == "others:one" else "0|user_id"
    step = seen(answer, template=BENS_PAGE, key=key, statements=READ_USERS, **more)
    return run(topic, role, step, rows=(), world=world)


def _pages(mine: Reply, nobodys: Reply, bens: Reply, **more: Any) -> list[Run]:
    """Ana's own page, that of nobody, and that of ben, in both worlds."""
    own = [_page(mine, "control", 0, topic="others:one")] * 2
    return own + [
        played
        for world in (0, 1)
        for played in (
            _page(nobodys, "control", world),
            _page(bens, "perturbed", world, **more),
        )
    ]


def test_the_account_of_another_is_private_too() -> None:
    """Who names ben's id must not get what ben's own row holds."""
    mine, nobodys = reply({"name": "Ana Example"}), reply({}, status=404)
    finding = assert_broken(
        _pages(mine, nobodys, reply({"name": "Ben Example"})),
        because="foreign-data-shown",
        survey=ACCOUNTS,
    ).findings[0]
    assert (finding.data, finding.owner) == (("users.name",), "ben")


def test_a_name_that_everybody_sees_anyway_is_no_secret() -> None:
    """Colleagues in a list that each page carries accuse nobody."""
    mine = reply({"name": "Ana Example", "team": ["Ben Example"]})
    assert_held(_pages(mine, mine, mine), survey=ACCOUNTS)


def test_a_changed_account_of_another_is_a_changed_row() -> None:
    """The row that ben is may not be changed by ana either."""
    update = RowChange(
        "update", USERS, {"id": "2", "name": "Ben Example"}, {"id": "2", "name": "x"}
    )
    done = reply({})
    history = [
        replace(played, scenario=replace(played.scenario, topic="swap:0|user_id PATCH"))
        if played.scenario.topic == "swap"
        else played
        for played in _pages(done, done, done, changes=(update,))
    ]
    assert_broken(history, because="foreign-row-changed", survey=ACCOUNTS)


def test_a_request_about_my_own_account_needs_no_further_rows() -> None:
    """A page that shows who I am reads rows that belong to somebody: mine."""
    mine = [_page(reply({"name": "Ana Example"}), "control", 0, topic="others:one")] * 2
    me = replace(ACCOUNTS, requests=(replace(ACCOUNTS.requests[0], slots=()),))
    assert_held(mine, survey=me)
    anything = [_page(reply({"up": True}), "control", 0, topic="others:one")] * 2
    assert_unknown(anything, because="without reading rows", survey=me)


def test_a_deposit_hidden_because_its_goal_is_missing_recurs() -> None:
    """In a list of deposits the goal is a part of each; without goals the deposits stay."""

    def listed(*notes: str, goal: str | None = "twanagoal1") -> Reply:
        return reply([{"note": note, "goal": goal} for note in notes])

    alone = (MINE[1],)
    history = [
        *twice("others:one", listed("twanadep11"), listed("twanadep11")),
        *twice("others:two of goals", listed("twanadep11"), listed("twanadep11")),
        *twice(
            "others:two of deposits",
            listed("twanadep11", "twanadep22"),
            listed("twanadep11", "twanadep22"),
            rows=(*MINE, ANAS_SECOND),
        ),
    ]
    kept = listed("twanadep11", goal=None)
    assert_held([*history, *twice("others:none of goals", kept, kept, rows=alone)])
    gone = reply([])
    assert_broken(
        [*history, *twice("others:none of goals", gone, gone, rows=alone)],
        because="empty-view-hides",
    )


def test_what_a_view_of_one_row_hides_with_it_accuses_nobody() -> None:
    """The latest goal with its deposits: without a goal there is no such view."""
    view = reply({"goal": "twanagoal1", "deposits": ["twanadep11"]})
    two = reply({"goal": "twanagoal1", "deposits": ["twanadep11", "twanadep22"]})
    history = [
        *twice("others:one", view, view),
        *twice("others:two of goals", view, view),
        *twice("others:two of deposits", two, two, rows=(*MINE, ANAS_SECOND)),
        *twice("others:none of goals", reply({}), reply({}), rows=(MINE[1],)),
    ]
    assert_held(history)


def test_a_relation_may_decide_what_is_shown() -> None:
    """Who follows nobody has an empty feed: rows that only relate people decide what they see."""
    follows = Table(
        DEPOSITS,
        (Column("user_id", "bigint", "int8"), Column("goal_id", "bigint", "int8")),
        foreign_keys=CATALOGUE.table(DEPOSITS).foreign_keys,
    )
    catalogue = Catalogue((*CATALOGUE.tables[:2], follows))
    survey = replace(SURVEY, catalogue=catalogue, ownership=Ownership(catalogue, (USERS,)))
    feed, nothing = reply([{"name": "twanagoal1"}]), reply([])
    history = [
        *twice("others:one", feed, feed),
        *twice("others:none of deposits", nothing, nothing, rows=(MINE[0],)),
    ]
    assert_broken(history, because="empty-view-hides")
    assert_held(history, survey=survey)
    crash = reply({}, status=500)
    broken = [*history[:8], *twice("others:none of deposits", crash, crash, rows=(MINE[0],))]
    assert_broken(broken, because="empty-view-fails", survey=survey)


def _open_list(answer: Reply) -> list[Run]:
    """A list that shows ben's goal to anybody, and another request that answers `answer`."""
    both = [
        replace(r, observations=(*r.observations, seen(r.observations[0].answer, actor=None)))
        for r in twice("others:one", MY_LIST, LEAK)
    ]
    saved = [
        run("swap:1 POST", "perturbed", seen(answer, key="1|goal_id"), rows=(BENS_GOAL,), world=w)
        for w in (0, 1)
    ]
    own = [run("others:one / 1", "control", seen(MY_LIST, key="1"))]
    return [*both, *saved, *own]


def test_public_data_is_no_secret_in_another_answer_either() -> None:
    """What one request shows to anybody, and the key of that row, accuse no other request."""
    assert_held(_open_list(reply({"id": "1500100051", "name": "twbengoal1"})))
    secret = replace(
        SURVEY,
        actors={**SURVEY.actors, "ben": ActorFacts("ben", ((USERS, {"id": "2", "name": BEN}),))},
    )
    answer = reply({"id": "1500100051", "name": "twbengoal1", "by": BEN})
    verdict = assert_broken(_open_list(answer), because="foreign-data-shown", survey=secret)
    assert verdict.findings[0].data == ("users.name",)


def test_a_flag_of_mine_that_moves_with_a_public_list_is_no_difference_of_its_own() -> None:
    """A public item put before mine moves my favourite; nobody has a favourite to move."""
    history = []
    for mine in (True, False):
        old, new = {"name": "twanagoal1", "liked": mine}, {"name": "twbengoal1", "liked": False}
        history.append(twice("others:one", reply([old]), reply([new, old])))
    logged_in, nobody = history
    assert_held(
        [
            replace(r, observations=(*r.observations, replace(o, step=replace(o.step, actor=None))))
            for r, other in zip(logged_in, nobody, strict=True)
            for o in other.observations
        ]
    )


def test_a_state_that_lacks_other_rows_is_no_measure_of_an_empty_view() -> None:
    """Who likes a goal already is refused with deposits and without, but not without goals."""
    refused, done = reply({"error": "liked already"}, status=400), reply({"name": "twanagoal1"})
    history = [
        *twice("others:one", refused, refused),
        *twice("others:none of goals", done, done, rows=(MINE[1],)),
        *twice("others:none of deposits", refused, refused, rows=(MINE[0],)),
    ]
    assert_held(history)


def test_a_request_about_other_people_only_is_measured_by_theirs() -> None:
    """Nobody can follow themselves: that following ben works tells that the request does."""
    refused, done = reply({"error": "yourself"}, status=400), reply({})
    assert_held(_pages(refused, reply({}, status=404), done), survey=ACCOUNTS)


def test_a_request_that_fails_says_what_it_answered_and_what_to_do() -> None:
    """An `unknown` is of use only when it tells what to change."""
    answer = reply({"error": "title is missing"}, status=422)
    verdict = assert_unknown(twice("others:one", answer, answer), because="title is missing")
    assert "body (json, form)" in verdict.reasons[0]


def test_a_request_that_reads_what_nobody_owns_names_the_tables() -> None:
    """Whose those rows are can be said in the guard."""
    tags = replace(SURVEY.requests[0], reads=frozenset({QName("public", "tags")}))
    survey = replace(SURVEY, requests=(tags,))
    read = (Statement("SELECT ... FROM tags", reads=(QName("public", "tags"),)),)
    asked = [run("others:one", "control", seen(reply(["x"]), statements=read))] * 2
    assert_unknown(asked, because='owners = ["tags.<column> = users.id"]', survey=survey)


def test_a_request_that_anybody_may_send_needs_no_rows_of_somebody() -> None:
    """A list of tags that callers get who are not logged in leaves nothing to tell."""
    read = (Statement("SELECT ... FROM tags", reads=(QName("public", "tags"),)),)
    answer = reply(["x"])
    history = [run("others:one", "control", seen(answer, statements=read))] * 2
    history.append(run("others:one", "control", seen(answer, actor=None), world=1))
    assert_held(history)
