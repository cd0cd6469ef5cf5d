"""Guards that compare with recorded answers, played to record those anew."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

from twiceshy.errors import ConfigurationError, UsageError
from twiceshy.model.events import AnswersRecorded, GuardFinished
from twiceshy.rehearsal import conduct
from twiceshy.rehearsal.recorded import recorded_file, recorded_text
from twiceshy.rehearsal.specs import read_spec

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from twiceshy.config.project import Project
    from twiceshy.model.events import Event
    from twiceshy.model.report import GuardBlock, Report

# What a guard compares with takes time, and is not recorded; what was recorded before least of all.
_LESS: Mapping[str, Mapping[str, Any]] = {
    "contract": {"baseline": "nothing-yet.contract", "missing": False, "storage": ()}
}


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of one guard's file: `before` is None when it is new.

    `problem` says why there is nothing to write.
    """

    report: Report
    guard: GuardBlock
    file: Path
    before: str | None
    text: str
    problem: str = ""


def recordable(project: Project, reports: Sequence[Report]) -> tuple[Report, ...]:
    """The reports with those guards only that record into a file; broken ones stay, to be told.

    Raises UsageError when there is none, or when two guards share a file.
    """
    files: dict[Path, GuardBlock] = {}
    found = []
    for report in reports:
        guards = [guard for guard in report.guards if _is_recorded(project, guard)]
        for guard in guards:
            file = file_of(project, guard)
            if file in files:
                raise UsageError(
                    "Two guards have the same file of recorded answers",
                    where=f"{files[file].location} and {guard.location}",
                    seen=str(file),
                    todo="give each guard a file of its own",
                )
            files[file] = guard
        if guards or report.problems:
            found.append(replace(report, guards=tuple(guards)))
    if not files and not any(report.problems for report in found):
        raise UsageError(
            "No guard compares with recorded answers",
            seen=f"{len(reports)} reports were looked at",
            todo='write baseline = "NAME.contract" in a guard of kind contract; '
            "--proxy URL --out FILE records requests instead",
        )
    return tuple(found)


def _is_recorded(project: Project, guard: GuardBlock) -> bool:
    try:
        kind, spec = read_spec(guard, project)
    except ConfigurationError:
        return guard.kind in _LESS
    return bool(kind.asks(spec).recorded)


def file_of(project: Project, guard: GuardBlock) -> Path:
    """Where the guard's recorded answers lie, or are to lie."""
    name = str(guard.table.get("baseline", ""))
    return recorded_file(project, guard.location.file.parent, name)


def record(project: Project, reports: Sequence[Report]) -> Iterator[Event | Recorded]:
    """Play the guards of `reports`, which `recordable` gave; after each comes what to write."""
    written = {guard.location: guard for report in reports for guard in report.guards}
    played = [replace(one, guards=tuple(map(_playable, one.guards))) for one in reports]
    answers: AnswersRecorded | None = None
    with closing(cast("Any", conduct.run(project, played))) as events:
        for event in events:
            yield event
            if isinstance(event, AnswersRecorded):
                answers = event
            elif isinstance(event, GuardFinished):
                yield _recorded(project, event, written[event.guard.location], answers)
                answers = None


def _playable(guard: GuardBlock) -> GuardBlock:
    """The guard with nothing to compare with."""
    return replace(guard, table={**guard.table, **_LESS.get(guard.kind, {})})


def _recorded(
    project: Project, finished: GuardFinished, guard: GuardBlock, answers: AnswersRecorded | None
) -> Recorded:
    file = file_of(project, guard)
    if answers is None:
        reasons = "\n".join(finished.verdict.reasons) or "the guard could not be played"
        answers = AnswersRecorded("", reasons)
    before = recorded_text(project, file.parent, file.name)
    return Recorded(finished.report, guard, file, before, answers.text, answers.problem)
