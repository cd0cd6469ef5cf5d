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
from typing import TYPE_CHECKING, Any, Self, cast

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
from twiceshy.model.scenario import BASELINE
from twiceshy.model.verdict import Scope, Value, Verdict
from twiceshy.rehearsal.playing import Playing
from twiceshy.rehearsal.recorded import recorded_answers
from twiceshy.rehearsal.scenes import Scenes
from twiceshy.rehearsal.specs import (
    is_about_scripts_only,
    needs_stage,
    read_spec,
    run_alone,
    survey_of,
)

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence
    from pathlib import Path
    from types import TracebackType

    from twiceshy.config.project import Project
    from twiceshy.model.history import History, Run
    from twiceshy.model.kind import Asked, Kind
    from twiceshy.model.report import GuardBlock, Report
    from twiceshy.model.survey import Survey
    from twiceshy.rehearsal.scene import Scene


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
    """Rehearses guards of one version; a stage goes up with the first guard that needs it."""

    def __init__(self, project: Project, version: str = "") -> None:
        check_version(project, version)
        self._project = project
        self._version = version
        self._scenes = Scenes(project, version)

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
        """Stop every stage that is up."""
        self._scenes.close()

    @property
    def scene(self) -> Scene | None:
        """The stage of the version under rehearsal, while it is up."""
        return self._scenes.main

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
        with closing(self._verdict(kind, spec, guard)) as steps:
            for step in steps:
                if isinstance(step, Verdict):
                    verdict = step
                else:
                    yield step
        yield GuardFinished(report, guard, verdict, time.monotonic() - started, self._version)

    def _verdict(
        self, kind: Kind, spec: Any, guard: GuardBlock
    ) -> Generator[Event | Verdict, None, None]:
        try:
            asked = kind.asks(spec)
            if needs_stage(asked, self._project):
                up = self._scenes.go_up(scripts_only=is_about_scripts_only(asked))
                yield from _telling(up, self._version)
            yield from self._play(kind, spec, asked, guard.location.file.parent)
        except CannotTell as reason:
            yield self._at_a_loss(str(reason))
            # Nothing is known of a stage on which something broke: the next guard gets a new one.
            if not self._scenes.knew(reason):
                self.close()
        except TwiceshyError as problem:
            yield self._at_a_loss(str(problem))
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            lost = StageLost("The scratch database went away", seen=str(error))
            yield self._at_a_loss(str(lost))
            self.close()

    def _play(self, kind: Kind, spec: Any, asked: Asked, folder: Path) -> Iterator[Event | Verdict]:
        scene = self.scene if needs_stage(asked, self._project) else None
        steps = survey_of(
            asked,
            self._project,
            scene,
            self._version,
            folder,
            earlier=lambda: self._earlier(asked),
        )
        survey: Survey = yield from _telling(steps, self._version)
        history: list[Run] = []
        planned = 0
        playing = Playing(self._scenes, asked, survey)
        while scenarios := kind.next(spec, survey, tuple(history)):
            planned += len(scenarios)
            for scenario in scenarios:
                if scene is None:
                    history.append(run_alone(self._project, scenario, self._version))
                else:
                    yield from _telling(playing.play(scenario), self._version)
                    history.append(playing.run)
                yield ScenarioPlayed(scenario, len(history), planned)
        try:
            verdict = kind.judge(spec, survey, tuple(history))
        except Exception as error:  # noqa: BLE001 - a judge that fails must never pass for `holds`
            verdict = Verdict(
                Value.UNKNOWN, reasons=(f"the judge failed: {type(error).__name__}: {error}",)
            )
        yield from _concluded(kind, spec, survey, tuple(history))
        if asked.recorded:
            yield recorded_answers(kind, spec, survey, tuple(history))
        yield self._with_stages(verdict) if scene else verdict

    def _earlier(self, asked: Asked) -> Generator[str, None, Scene]:
        """The version that is compared with, up."""
        scene = yield from self._scenes.on(BASELINE, asked.baseline)
        return cast("Scene", scene)

    def _at_a_loss(self, reason: str) -> Verdict:
        return self._with_stages(Verdict(Value.UNKNOWN, reasons=(reason,)))

    def _with_stages(self, verdict: Verdict) -> Verdict:
        """The verdict with what people must know of the stages it was reached on."""
        if self.scene is None:
            return verdict
        server = getattr(self.scene.stage, "server", None)
        scope: Scope = replace(
            verdict.scope,
            notes=(*verdict.scope.notes, *self._scenes.notes),
            server=server.version if server else "",
        )
        return replace(verdict, scope=scope)


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
