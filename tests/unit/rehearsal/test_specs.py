"""Guards as written, seen against the configuration."""

from __future__ import annotations

from pathlib import Path

import pytest

from twiceshy.config.project import ActorConfig, Process, Project, Storage, Version
from twiceshy.errors import Location, ReportError
from twiceshy.model.kind import Asked
from twiceshy.model.report import GuardBlock
from twiceshy.rehearsal.specs import read_spec, survey_of

PROJECT = Project(
    root=Path("/p"),
    file=Path("/p/twiceshy.toml"),
    actors={"ana": ActorConfig(), "ben": ActorConfig()},
    versions={"before": Version()},
    storage={"sqlite": Storage(), "folder": Storage()},
)


def guard(against: str) -> GuardBlock:
    """A guard of what Ana sees, with its key against on line 7."""
    table = {"as": "ana", "against": against, "requests": ["GET /notes"]}
    return GuardBlock("isolation", table, Location(Path("r.md"), 3), {"against": 7})


def test_two_actors() -> None:
    """They are what a guard of this kind is about."""
    kind, spec = read_spec(guard("ben"), PROJECT)
    assert (kind.name, spec.as_actor, spec.against) == ("isolation", "ana", "ben")


def test_an_actor_against_itself() -> None:
    """Its own rows are meant to be seen; without an error here they would be called a leak."""
    with pytest.raises(ReportError) as error:
        read_spec(guard("ana"), PROJECT)
    assert "An actor cannot be rehearsed against itself" in str(error.value)
    assert "r.md:7" in str(error.value)


def contract(**table: object) -> GuardBlock:
    """A guard that compares answers, each of its keys on line 9."""
    return GuardBlock(
        "contract",
        {"requests": ["GET /notes"], **table},
        Location(Path("r.md"), 3),
        dict.fromkeys(table, 9),
    )


def test_versions_and_storage_to_compare_with() -> None:
    """A commit is looked for when it is checked out, names are looked for at once."""
    for table in ({"baseline": "git:v1"}, {"baseline": "version:before"}, {"storage": "all"}):
        assert read_spec(contract(**table), PROJECT)[0].name == "contract"


@pytest.mark.parametrize(
    ("table", "happened", "todo"),
    [
        ({"baseline": "version:befor"}, "no version befor", "did you mean before?"),
        ({"storage": ["sqlit"]}, "no storage sqlit", "did you mean sqlite?"),
        ({"storage": ["s3"]}, "no storage s3", "add [storage.s3] to /p/twiceshy.toml"),
    ],
)
def test_names_that_the_configuration_does_not_have(
    table: dict[str, object], happened: str, todo: str
) -> None:
    """They are told with their line before anything is started."""
    with pytest.raises(ReportError) as error:
        read_spec(contract(**table), PROJECT)
    assert error.value.happened == f"The configuration has {happened}"
    assert (error.value.todo, str(error.value.location)) == (todo, "r.md:9")


def conservation(fault: str) -> GuardBlock:
    """A guard with one fault."""
    table = {
        "request": "POST /payments/{key}",
        "rate": "10/s",
        "recorded": "SELECT key FROM payments",
        "faults": [fault],
    }
    return GuardBlock("conservation", table, Location(Path("r.md"), 3), {"faults": 8})


@pytest.mark.parametrize(
    ("fault", "todo"),
    [
        ("kill wrker", "did you mean worker?"),
        ("pause servce", "did you mean service?"),
        ("kill x", "add [process.x] to /p/twiceshy.toml"),
    ],
)
def test_a_fault_names_a_process_of_the_configuration(fault: str, todo: str) -> None:
    """One that is not there is told before any load is sent."""
    project = PROJECT.model_copy(update={"process": {"worker": Process(command="true")}})
    assert read_spec(conservation("kill worker"), project)[0].name == "conservation"
    with pytest.raises(ReportError, match="no process") as error:
        read_spec(conservation(fault), project)
    assert (error.value.todo, str(error.value.location)) == (todo, "r.md:8")


def test_storage_whose_program_is_missing_is_told_and_left_out() -> None:
    """Whoever asks for all of them, or for it by name, reads why it was not tried."""
    storage = {"sqlite": Storage(requires=("sh",)), "maria": Storage(requires=("sh", "no-such"))}
    project = PROJECT.model_copy(update={"storage": storage})
    for asked in (Asked(storages="all"), Asked(storages=("maria", "sqlite"))):
        with pytest.raises(StopIteration) as end:
            next(survey_of(asked, project, None))
        survey = end.value.value
        assert survey.storages == ("sqlite",)
        assert survey.notes == (
            "storage maria was not tried: there is no program no-such on this machine",
        )


def test_a_recording_that_is_not_there(tmp_path: Path) -> None:
    """It is told with the line of the guard, before anything starts."""
    project = Project(root=tmp_path, file=tmp_path / "twiceshy.toml")
    table = {"requests": "trafic.har", "baseline": "git:v1"}
    written = GuardBlock("contract", table, Location(Path("r.md"), 3), {"requests": 5})
    with pytest.raises(ReportError, match="no recording") as error:
        read_spec(written, project)
    assert "r.md:5" in str(error.value)
    assert "twiceshy record --proxy URL --out trafic.har" in error.value.todo
    (tmp_path / "traffic.har").write_text("{}", encoding="utf-8")
    with pytest.raises(ReportError, match="no recording") as error:
        read_spec(written, project)
    assert error.value.todo == "did you mean traffic.har?"
