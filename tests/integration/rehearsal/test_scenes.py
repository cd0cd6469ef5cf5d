"""Scenarios on several stages of one run: another version, and other storage back ends."""

from __future__ import annotations

import json
import subprocess
import sys

import psutil
import pytest
from tests.integration.rehearsal.prices import SCHEMA, write_prices

from integration.stage.living import eventually, living
from twiceshy.errors import CannotTell
from twiceshy.model.kind import Asked
from twiceshy.model.ownership import Ownership
from twiceshy.model.scenario import (
    Change,
    Kept,
    Plant,
    PlantKey,
    RequestTemplate,
    Scenario,
    State,
    Step,
    line_template,
)
from twiceshy.model.schema import QName
from twiceshy.model.survey import RequestFacts, Survey
from twiceshy.rehearsal.playing import Playing
from twiceshy.rehearsal.scenes import Scenes

ITEMS = QName("public", "items")
LIST = Step("ana", line_template("GET /items"), number=0)
ADD = RequestTemplate("POST", "/items", json={"price": 7}, has_json=True)
SHOW = line_template("GET /items/{id}")
PLANTED = State("one more", "one more item", (Plant("more", ITEMS, "ana"),))
AS_IT_IS = State("seed", "the data as they are")


def scenario(*steps, on="", state=AS_IT_IS, world=0):
    """A scenario of these steps on one stage."""
    return Scenario("t", "control", state, steps, world=world, on=on)


@pytest.fixture(scope="module")
def scenes(tmp_path_factory):
    """Stages of one run, the version under rehearsal up."""
    made = Scenes(write_prices(tmp_path_factory.mktemp("prices")), "")
    try:
        list(made.go_up(scripts_only=False))
        yield made
    finally:
        made.close()


def played(scenes, asked, baseline="text"):
    """The record of a scenario."""
    steps = scenes.on(asked.on, baseline)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            scene = end.value
            break
    list(scene.play(asked))
    return scene.run


def bodies(run):
    """What was answered, read as JSON."""
    return [json.loads(seen.answer.body) for seen in run.observations]


def test_two_versions_share_the_server_and_get_the_same_rows(scenes):
    """One server process; each has its own database, in which the same row is planted."""
    show = Step("ana", SHOW, (("id", PlantKey("more", "id")),))
    here, there = (
        played(scenes, scenario(show, LIST, on=on, state=PLANTED)) for on in ("", "baseline")
    )
    assert here.planted == there.planted
    (one, *_), (other, *_) = bodies(here), bodies(there)
    assert other == {**one, "price": str(one["price"])}
    baseline = scenes._others["baseline"].stage
    assert baseline.server is scenes.main.stage.server
    assert baseline.template is scenes.main.stage.template
    assert baseline.database != scenes.main.stage.database
    # Both are back at their snapshots, and what was seen there is of that database alone.
    assert [len(bodies(played(scenes, scenario(LIST, on=on)))[0]) for on in ("", "baseline")] == [
        2,
        2,
    ]
    assert [seen.reads for seen in there.observations] == [{ITEMS}, {ITEMS}]


def test_rows_that_exist_are_changed_on_both(scenes):
    """NULL in place of a price."""
    nothing = State("null", "no price", (Change(ITEMS, (("price", None),), "id = 1"),))
    for on, text in (("", None), ("baseline", "None")):
        run = played(scenes, scenario(LIST, on=on, state=nothing))
        assert bodies(run)[0][0] == {"id": 1, "price": text}


def test_later_steps_are_filled_from_earlier_answers(scenes):
    """What an answer does not hold leaves the step out, and it is said."""
    add = Step("ana", ADD, keeps=(("item_id", "$.id"),))
    show = Step("ana", SHOW, (("id", Kept("item_id")),), key="show")
    run = played(scenes, scenario(add, show))
    made, shown = bodies(run)
    assert shown == {"id": made["id"], "price": 7}
    lost = Step("ana", ADD, keeps=(("item_id", "$.number"),))
    run = played(scenes, scenario(lost, show))
    assert len(run.observations) == 1
    assert run.refused == (("GET /items/{id}", "no earlier answer gave a value for {item_id}"),)


def test_storage_is_empty_each_time(scenes):
    """Folder, tables and service are new; what is kept fills later steps there, too."""
    add = Step("ana", ADD, keeps=(("item_id", "$.id"),))
    show = Step("ana", SHOW, (("id", Kept("item_id")),))
    for _ in range(2):
        run = played(scenes, scenario(add, show, LIST, on="storage:sqlite"))
        assert (run.problem, run.refused) == (None, ())
        assert bodies(run) == [{"id": 1}, {"id": 1, "price": "7"}, [{"id": 1, "price": "7"}]]
        assert all(seen.statements == () and seen.changes == () for seen in run.observations)


def test_what_stays_in_the_database_finds_a_fresh_clone(scenes):
    """And processes of a back end run for it alone, anew for each scenario."""
    for turn in range(1, 3):
        run = played(scenes, scenario(Step("ana", ADD), LIST, on="storage:mixed"))
        assert run.problem is None
        assert len(bodies(run)[1]) == 3
        stage = scenes._others["storage:mixed"].stage
        assert stage._crew.output_of("helper").read_text().count("GET / HTTP") == turn
        assert not living(stage.keeper.stage)[1:], "its keeper alone is left"
    assert not scenes.main.stage.output_of("helper").exists()


def test_each_stage_has_worlds_of_its_own(scenes):
    """A higher one means a fresh clone there, the first time, and nowhere else."""
    survey = Survey(scenes.main.stage.catalogue, Ownership(scenes.main.stage.catalogue, ()))
    playing = Playing(scenes, Asked(baseline="text", every_table=True), survey)
    told = []
    for on in ("baseline", "", "baseline", "storage:sqlite"):
        before = scenes.main.stage.generation
        steps = list(playing.play(scenario(LIST, on=on, world=1)))
        told.append("asking again on a fresh clone" in steps)
        assert len(playing.run.observations) == 1
        assert scenes.main.stage.generation - before == (1 if on == "" else 0)
    assert told == [True, True, False, True]
    assert scenes._others["baseline"].stage.generation == 2


def test_an_answer_from_a_cache_is_asked_for_again(scenes):
    """Also of a baseline, and of rows that are nobody's; then each answer comes from the data."""
    facts = RequestFacts(LIST.template, reads=frozenset({ITEMS}), status=200)
    catalogue = scenes.main.stage.catalogue
    survey = Survey(catalogue, Ownership(catalogue, ()), requests=(facts,))
    playing = Playing(scenes, Asked(baseline="cached", every_table=True), survey)
    prices = []
    for price in ("8", None, "9"):
        state = State("price", "another price", (Change(ITEMS, (("price", price),), "id = 1"),))
        list(playing.play(scenario(LIST, on="baseline", state=state)))
        prices.append(bodies(playing.run)[0][0]["price"])
        assert not playing.run.observations[0].stale
    assert prices == [8, None, 9]


@pytest.mark.parametrize(
    ("storage", "reason"),
    [
        ("broken", "The set-up ended with exit status 1; "),
        ("unmade", "the migrations ended with exit status 1; storage.unmade.migrate; no such col"),
    ],
)
def test_storage_that_does_not_come_up_is_told(scenes, storage, reason):
    """Nothing is observed, nothing is raised, and it is not tried again."""
    run = played(scenes, scenario(LIST, on=f"storage:{storage}"))
    assert run.observations == ()
    assert run.problem.startswith(f"the storage {storage} could not be tried: {reason}")
    assert played(scenes, scenario(LIST, on=f"storage:{storage}")).problem == run.problem


def test_whoever_cannot_log_in_there_sends_nothing(scenes):
    """The others do."""
    run = played(scenes, scenario(LIST, Step(None, LIST.template), on="storage:closed"))
    assert bodies(run) == [[]]
    assert run.refused[0][0] == "GET /items on storage closed"
    assert "POST /login was refused" in run.refused[0][1]


def test_a_baseline_that_does_not_start_names_itself(scenes):
    """With what it printed; the same error each time, and the other stages go on."""
    with pytest.raises(CannotTell, match="The baseline deaf cannot be compared with") as error:
        played(scenes, scenario(LIST, on="baseline"), "deaf")
    assert "unable to open database file" in error.value.seen
    with pytest.raises(CannotTell) as again:
        played(scenes, scenario(LIST, on="baseline"), "deaf")
    assert again.value is error.value
    assert scenes.knew(error.value)
    assert len(bodies(played(scenes, scenario(LIST)))[0]) == 2


_TOOL = """
import pathlib, signal, sys
from twiceshy.config.load import load_project
from twiceshy.model.scenario import Scenario, State
from twiceshy.rehearsal.scenes import Scenes

def result(steps):
    try:
        while True:
            next(steps)
    except StopIteration as end:
        return end.value

scenes = Scenes(load_project(pathlib.Path(sys.argv[1])), "")
list(scenes.go_up(scripts_only=False))
for on in ("", "baseline", "storage:sqlite"):
    scene = result(scenes.on(on, "text"))
    list(scene.play(Scenario("t", "control", State("s", "s"), (), on=on)))
    print(scene.stage.keeper.stage, flush=True)
print("up", flush=True)
signal.pause()
"""


@pytest.mark.soak
def test_killed_the_tool_leaves_no_process_of_any_stage(tmp_path):
    """Each stage has a keeper of its own, that of the first one keeps the server for all."""
    write_prices(tmp_path)
    command = [sys.executable, "-c", _TOOL, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        *stages, up = (process.stdout.readline().strip() for _ in range(4))
        everybody = [living(stage) for stage in stages]
        process.kill()
    assert (up, len(set(stages)), all(everybody)) == ("up", 3, True)
    eventually(lambda: not any(living(stage) for stage in stages), within=10)


@pytest.fixture
def history(tmp_path):
    """A repository: first an older schema, then today's."""

    def git(*arguments):
        name = ("-c", "user.name=ana", "-c", "user.email=ana@example.com")
        subprocess.run(["git", *name, *arguments], cwd=tmp_path, check=True, capture_output=True)

    project = write_prices(tmp_path)
    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "today")
    git("tag", "same")
    (tmp_path / "schema.sql").write_text(
        "CREATE TABLE items (id serial PRIMARY KEY, price text, shelf int NOT NULL DEFAULT 3);\n"
    )
    git("commit", "-qam", "another schema")
    git("tag", "other")
    (tmp_path / "service.py").write_text("raise SystemExit('not today')\n")
    git("commit", "-qam", "broken")
    git("tag", "broken")
    (tmp_path / "build.py").write_text("raise SystemExit('no compiler')\n")
    git("commit", "-qam", "not built")
    git("tag", "unbuilt")
    git("checkout", "-q", "same")
    return project


def test_a_commit_is_a_baseline_with_its_own_schema(history):
    """The same files make the same template; others another one, with the rows carried over."""
    made = Scenes(history, "")
    show = Step("ana", SHOW, (("id", PlantKey("more", "id")),))
    try:
        list(made.go_up(scripts_only=False))
        planted = played(made, scenario(show, state=PLANTED), "git:same")
        same = played(made, scenario(show, on="baseline", state=PLANTED), "git:same")
        assert same.planted == planted.planted
        assert made._others["baseline"].stage.template is made.main.stage.template
        first = made._others["baseline"].stage.keeper.pid
        other = played(made, scenario(show, on="baseline", state=PLANTED), "git:other")
        assert not psutil.pid_exists(first)
        stage = made._others["baseline"].stage
        assert stage.server is made.main.stage.server
        assert stage.template is not made.main.stage.template
        (row,), (mine,) = other.planted, planted.planted
        assert (row.values["id"], row.values["price"]) == (mine.values["id"], mine.values["price"])
        assert "made" not in row.values
        assert bodies(other)[0]["price"] == str(bodies(same)[0]["price"])
        for name, seen in {
            "git:broken": "not today",
            "git:unbuilt": "no compiler",
            "git:nowhere": "Needed a single revision",
        }.items():
            with pytest.raises(CannotTell, match=f"The baseline {name} cannot be") as error:
                played(made, scenario(show, on="baseline"), name)
            assert seen in error.value.seen
            assert len(bodies(played(made, scenario(LIST)))[0]) == 2
    finally:
        made.close()


@pytest.mark.soak
def test_a_schema_that_makes_roles_gets_a_server_of_its_own(history):
    """Roles are shared by all databases of a server, and the other version has made them."""
    folder = history.root
    (folder / "schema.sql").write_text(f"CREATE ROLE clerk;\n{SCHEMA}")
    who = ("-c", "user.name=ana", "-c", "user.email=ana@example.com")
    subprocess.run(["git", *who, "commit", "-qam", "a role"], cwd=folder, check=True)
    (folder / "schema.sql").write_text(f"CREATE ROLE clerk; -- as before\n{SCHEMA}")
    made = Scenes(history, "")
    try:
        list(made.go_up(scripts_only=False))
        run = played(made, scenario(LIST, on="baseline"), "git:HEAD")
        assert len(bodies(run)[0]) == 2
        assert made._others["baseline"].stage.server is not made.main.stage.server
        assert made.notes[-1] == "the version git:HEAD needed a server of its own"
    finally:
        made.close()
