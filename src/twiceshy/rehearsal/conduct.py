"""The front door: one run, from reports to verdicts.

For each guard of each report:

1. its block becomes the `Spec` of its kind;
2. the stage goes up (once for all guards of a version): server, template, clone, processes and
   service, actors logged in, then the snapshot;
3. the survey learns what each request reads and writes;
4. `kind.next` is asked for scenarios until it has enough;
5. each scenario is played: state applied, steps sent, quiet awaited, all recorded, data rewound;
6. `kind.judge` concludes from the record alone;
7. meanwhile events tell what happens; every output listens to those.
"""

from __future__ import annotations

import time
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self

import psycopg

from twiceshy.config.versions import check_version
from twiceshy.errors import CannotTell, ConfigurationError, StageLost, TwiceshyError
from twiceshy.model.events import (
    Event,
    GuardFinished,
    GuardStarted,
    ReportBroken,
    RunFinished,
    RunStarted,
    ScenarioPlayed,
    ScriptConcluded,
    StageProgress,
)
from twiceshy.model.verdict import Scope, Value, Verdict
from twiceshy.rehearsal.freshness import Freshness
from twiceshy.rehearsal.scene import Scene
from twiceshy.rehearsal.specs import (
    is_about_scripts_only,
    needs_stage,
    read_spec,
    run_alone,
    survey_of,
)

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence
    from types import TracebackType

    from twiceshy.config.project import Project
    from twiceshy.model.history import History, Run
    from twiceshy.model.kind import Kind
    from twiceshy.model.report import GuardBlock, Report
    from twiceshy.model.survey import Survey


def run(
    project: Project, reports: Sequence[Report], *, version: str = "", kinds: Sequence[str] = ()
) -> Iterator[Event]:
    """Rehearse every guard of `reports` on one version, yielding what happens.

    Problems of single reports or guards are events; the others still run. Close the iterator to
    stop early: everything that was started is stopped.
    """
    started = time.monotonic()
    guards = [
        (report, guard)
        for report in reports
        for guard in report.guards
        if not kinds or guard.kind in kinds
    ]
    yield RunStarted(len(reports), len(guards))
    yield from broken_reports(reports)
    with Rehearsals(project, version) as rehearsals:
        for report, guard in guards:
            yield from rehearsals.rehearse(report, guard)
    yield RunFinished(time.monotonic() - started)


def broken_reports(reports: Sequence[Report]) -> Iterator[Event]:
    """What could not be read, before anything is rehearsed."""
    for report in reports:
        for problem in report.problems:
            yield ReportBroken(report, problem)


class Rehearsals:
    """Rehearses guards of one version on one stage, which goes up with the first that needs it."""

    def __init__(self, project: Project, version: str = "") -> None:
        check_version(project, version)
        self._project = project
        self._version = version
        self._scene: Scene | None = None
        self._failure: CannotTell | None = None

    def __enter__(self) -> Self:
        """Nothing goes up yet."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop the stage."""
        self.close()

    def close(self) -> None:
        """Stop the stage, if it is up."""
        if self._scene is not None:
            self._scene.close()
            self._scene = None

    def rehearse(self, report: Report, guard: GuardBlock) -> Iterator[Event]:
        """Rehearse one guard; the last event is its GuardFinished, or a ReportBroken."""
        started = time.monotonic()
        try:
            kind, spec = read_spec(guard, self._project)
        except ConfigurationError as problem:
            yield ReportBroken(report, problem)
            return
        yield GuardStarted(report, guard, self._version)
        verdict = Verdict(Value.UNKNOWN)
        with closing(self._verdict(kind, spec)) as steps:
            for step in steps:
                if isinstance(step, Verdict):
                    verdict = step
                else:
                    yield step
        yield GuardFinished(report, guard, verdict, time.monotonic() - started, self._version)

    def _verdict(self, kind: Kind, spec: Any) -> Generator[Event | Verdict, None, None]:
        try:
            scene = None
            asked = kind.asks(spec)
            if needs_stage(asked, self._project):
                yield from self._go_up(scripts_only=is_about_scripts_only(asked))
                scene = self._scene
            yield from self._play(kind, spec, scene)
        except CannotTell as reason:
            yield self._at_a_loss(str(reason))
            # Nothing is known of a stage on which something broke: the next guard gets a new one.
            if self._failure is None:
                self.close()
        except TwiceshyError as problem:
            yield self._at_a_loss(str(problem))
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            lost = StageLost("The scratch database went away", seen=str(error))
            yield self._at_a_loss(str(lost))
            self.close()

    def _go_up(self, *, scripts_only: bool) -> Iterator[Event]:
        if self._failure is not None:
            raise self._failure
        if self._scene is not None and self._scene.scripts_only and not scripts_only:
            self.close()
        if self._scene is not None:
            return
        self._scene = Scene(self._project, self._version, scripts_only=scripts_only)
        try:
            for says in self._scene.open():
                yield StageProgress(says, self._version)
        except CannotTell as failure:
            self._failure = failure
            self.close()
            raise
        except BaseException:
            self.close()
            raise

    def _play(
        self,
        kind: Kind,
        spec: Any,
        scene: Scene | None,
    ) -> Iterator[Event | Verdict]:
        steps = survey_of(kind.asks(spec), self._project, scene, self._version)
        survey: Survey = yield from _telling(steps, self._version)
        history: list[Run] = []
        world, planned = 0, 0
        world_began = time.monotonic()
        freshness = Freshness(survey)
        while scenarios := kind.next(spec, survey, tuple(history)):
            planned += len(scenarios)
            for scenario in scenarios:
                if scenario.world > world and scene is not None:
                    world = scenario.world
                    yield StageProgress("asking again on a fresh clone", self._version)
                    yield from _telling(scene.renew(), self._version)
                    world_began = time.monotonic()
                # Time passing is part of what is tried: tokens and clocks tick.
                time.sleep(max(0.0, world_began + scenario.not_before - time.monotonic()))
                if scene is None:
                    history.append(run_alone(self._project, scenario, self._version))
                else:
                    yield from _telling(freshness.play(scene, scenario), self._version)
                    history.append(freshness.run)
                yield ScenarioPlayed(scenario, len(history), planned)
        try:
            verdict = kind.judge(spec, survey, tuple(history))
        except Exception as error:  # noqa: BLE001 - a judge that fails must never pass for `holds`
            verdict = Verdict(
                Value.UNKNOWN, reasons=(f"the judge failed: {type(error).__name__}: {error}",)
            )
        yield from _concluded(kind, spec, survey, tuple(history))
        yield _with_stage(verdict, scene)

    def _at_a_loss(self, reason: str) -> Verdict:
        verdict = Verdict(Value.UNKNOWN, reasons=(reason,))
        return _with_stage(verdict, self._scene)


def _concluded(kind: Kind, spec: Any, survey: Survey, history: History) -> Iterator[Event]:
    """What a kind has to say of scripts beyond its verdict."""
    conclude = getattr(kind, "conclude", None)
    if conclude is not None:
        for conclusion in conclude(spec, survey, history):
            yield ScriptConcluded(conclusion)


def _telling(steps: Iterator[str], version: str) -> Any:
    """Each word of a long step as an event; what the step returns is returned."""
    while True:
        try:
            says = next(steps)
        except StopIteration as end:
            return end.value
        yield StageProgress(says, version)


def _with_stage(verdict: Verdict, scene: Scene | None) -> Verdict:
    """The verdict with what people must know of the stage it was reached on."""
    if scene is None:
        return verdict
    server = getattr(scene.stage, "server", None)
    scope: Scope = replace(
        verdict.scope,
        notes=(*verdict.scope.notes, *scene.stage.notes),
        server=server.version if server else "",
    )
    return replace(verdict, scope=scope)
