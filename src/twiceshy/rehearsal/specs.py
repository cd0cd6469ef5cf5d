"""From a guard as written to what its kind works on: spec, stage or none, survey."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pydantic

from twiceshy.config.placeholders import known_placeholders, placeholders_in
from twiceshy.config.problems import problems_of
from twiceshy.config.project import Version
from twiceshy.errors import Location, ReportError, SeveralProblems, nearest
from twiceshy.guards import kind_named, kinds
from twiceshy.model.history import Run
from twiceshy.model.ownership import Ownership
from twiceshy.model.scenario import Command
from twiceshy.model.schema import Catalogue
from twiceshy.model.survey import ActorFacts, Survey
from twiceshy.rehearsal.recorded import recorded_text
from twiceshy.rehearsal.scenes import GIT
from twiceshy.rehearsal.scripts import read_production, read_scripts
from twiceshy.rehearsal.survey import Surveyor
from twiceshy.rehearsal.wanted import wanted
from twiceshy.stage.checkout import root_of, set_up_once
from twiceshy.stage.commands import filled
from twiceshy.stage.crew import missing_program
from twiceshy.stage.processes import Keeper
from twiceshy.stage.stage import run_command

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable
    from pathlib import Path

    from twiceshy.config.project import Project
    from twiceshy.model.kind import Asked, Kind
    from twiceshy.model.report import GuardBlock
    from twiceshy.model.scenario import Scenario
    from twiceshy.model.scripts import Script
    from twiceshy.rehearsal.scene import Scene
    from twiceshy.rehearsal.wanted import Client

_NO_SURVEY = Survey(Catalogue(()), Ownership(Catalogue(()), ()))


def read_spec(guard: GuardBlock, project: Project) -> tuple[Kind, Any]:
    """The guard's kind and validated spec. ReportError (or several) says what is wrong where."""
    kind = kind_named(guard.kind)
    if kind is None:
        known = [kind.name for kind in kinds()]
        near = nearest(guard.kind, known)
        raise ReportError(
            f"There is no kind of guard called {guard.kind}",
            location=guard.location,
            key="kind",
            seen=guard.kind,
            todo=f"did you mean {near}?" if near else f"kinds: {', '.join(known)}",
        )
    try:
        spec = kind.spec_type.model_validate(_tuples(dict(guard.table)))
    except pydantic.ValidationError as error:
        problems = problems_of(
            error, kind.spec_type, guard.line_of, guard.location.file, error=ReportError
        )
        raise problems[0] if len(problems) == 1 else SeveralProblems(problems) from None
    _check_names(spec, guard, project)
    _check_stages(kind.asks(spec), guard, project)
    return kind, spec


def _tuples(value: Any) -> Any:
    """Lists as tuples where records want those; bodies keep theirs."""
    return {
        key: tuple(item) if isinstance(item, list) and key != "json" else item
        for key, item in value.items()
    }


def _check_names(spec: Any, guard: GuardBlock, project: Project) -> None:
    """Actors and versions that a guard names must be in the configuration."""
    named = [("as", getattr(spec, "as_actor", None)), ("against", getattr(spec, "against", None))]
    for key, name in named:
        if (
            name is not None
            and name not in project.actors
            and not (project.service and project.service.auth)
        ):
            raise _unknown(key, name, "actors", guard, project)
    if named[0][1] is not None and named[0][1] == named[1][1]:
        raise ReportError(
            "An actor cannot be rehearsed against itself",
            location=_line_of(guard, "against"),
            key="against",
            seen=f"{named[0][1]}, as in the key as",
            todo="Name the actor whose rows must not matter.",
        )
    version = getattr(spec, "version", None)
    if version is not None and version not in project.versions:
        raise _unknown("version", version, "versions", guard, project)


def _check_stages(asked: Asked, guard: GuardBlock, project: Project) -> None:
    """Versions and storage must be in the configuration, and a recording must be there."""
    baseline = asked.baseline
    if baseline and not baseline.startswith(GIT) and baseline not in project.versions:
        raise _unknown("baseline", baseline, "versions", guard, project)
    if asked.har and not (project.root / asked.har).is_file():
        near = nearest(asked.har, (path.name for path in project.root.glob("*.har")))
        raise ReportError(
            f"There is no recording {asked.har}",
            location=_line_of(guard, "requests"),
            key="requests",
            seen=f"looked for in {project.root}",
            todo=f"did you mean {near}?"
            if near
            else f"write it: twiceshy record --proxy URL --out {asked.har}",
        )
    for name in asked.storages if asked.storages != "all" else ():
        if name not in project.storage:
            raise _unknown("storage", name, "storage", guard, project)
    for name in asked.processes:
        if name not in project.process:
            raise _unknown("faults", name, "process", guard, project, also=("service",))


def _line_of(guard: GuardBlock, key: str) -> Location:
    return Location(guard.location.file, guard.line_of(key))


def _unknown(
    key: str,
    name: str,
    table: str,
    guard: GuardBlock,
    project: Project,
    also: tuple[str, ...] = (),
) -> ReportError:
    near = nearest(name, (*getattr(project, table), *also))
    word = table if table in {"storage", "process"} else table.removesuffix("s")
    return ReportError(
        f"The configuration has no {word} {name}",
        location=_line_of(guard, key),
        key=key,
        seen=name,
        todo=f"did you mean {near}?" if near else f"add [{table}.{name}] to {project.file}",
    )


def needs_stage(asked: Asked, project: Project) -> bool:
    """Whether a guard wants database and service. A command does when it names them."""
    if asked.command is None:
        return True
    known = {*known_placeholders(project.process), "service_url"} - {"python"}
    return bool(known & set(placeholders_in(asked.command)))


def is_about_scripts_only(asked: Asked) -> bool:
    """Whether a server for scripts is enough: no request is sent, no actor takes part."""
    return bool(asked.scripts) and not asked.actors and not asked.requests


def survey_of(
    asked: Asked,
    project: Project,
    scene: Scene | None,
    version: str = "",
    folder: Path | None = None,
    earlier: Callable[[], Generator[str, None, Client]] | None = None,
) -> Generator[str, None, Survey]:
    """Learn what the kind asked for, telling what takes long; returns the Survey.

    `folder` is where the report lies: what was recorded for it lies beside it. `earlier` brings
    up the version that is compared with.
    """
    named = tuple(project.storage) if asked.storages == "all" else asked.storages
    missing = _missing_storage(project, named)
    bare = replace(
        _NO_SURVEY,
        scripts=_scripts(asked, project, version),
        production=read_production(asked.production, project.root),
        recorded=recorded_text(project, folder, asked.recorded),
        storages=tuple(name for name in named if name not in missing),
        notes=tuple(missing.values()),
    )
    if scene is None:
        return bare
    if not (asked.requests or asked.har):
        facts = [ActorFacts(name, header=scene.client.header_of(name)) for name in asked.actors]
        return replace(bare, actors={one.name: one for one in facts})
    found = yield from wanted(asked, project, scene, earlier)
    surveyor = Surveyor(
        scene, asked.actors, found.templates, asked.owners, named=found.named, values=asked.values
    )
    yield from surveyor.learn()
    return replace(
        surveyor.survey,
        scripts=bare.scripts,
        production=bare.production,
        recorded=bare.recorded,
        storages=bare.storages,
        notes=(*surveyor.survey.notes, *bare.notes, *found.notes),
    )


def _missing_storage(project: Project, names: Iterable[str]) -> dict[str, str]:
    """Back ends that cannot be tried on this machine, each with the reason."""
    programs = {name: missing_program(project.storage[name]) for name in names}
    return {
        name: f"storage {name} was not tried: there is no program {program} on this machine"
        for name, program in programs.items()
        if program
    }


def _scripts(asked: Asked, project: Project, version: str) -> tuple[Script, ...]:
    """The scripts as the version has them: from its commit, or other files in their place."""
    chosen = project.versions.get(version, Version())
    named = [
        replace(script, name=chosen.scripts.get(script.name, script.name))
        for script in asked.scripts
    ]
    return read_scripts(named, root_of(project, version) if named else project.root)


def run_alone(project: Project, scenario: Scenario, version: str = "") -> Run:
    """A command that needs no stage: run from the version's folder, like a test.

    It sees the caller's environment, as a test would, and nothing that it starts outlives it.
    """
    command = scenario.command or Command("true")
    with Keeper() as keeper:
        values = {"python": sys.executable, "scratch": str(keeper.scratch)}
        chosen = project.versions.get(version, Version())
        root = root_of(project, version)
        if chosen.setup:
            set_up_once(
                keeper, project.root, root / (chosen.cwd or "."), filled(chosen.setup, values)
            )
        result = run_command(
            keeper, filled(command.text, values), project.root / command.cwd, command.timeout,
            dict(os.environ),
        )  # fmt: skip
    return Run(scenario, result=result)
