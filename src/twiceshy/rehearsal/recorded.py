"""Recorded answers that a guard compares with: where they lie, and what they would say today."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from twiceshy.errors import CannotTell, ConfigurationError, Location
from twiceshy.model.events import AnswersRecorded
from twiceshy.model.history import NoReply, Reply
from twiceshy.model.scenario import UNDER_REHEARSAL

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from twiceshy.config.project import Project
    from twiceshy.model.history import History
    from twiceshy.model.kind import Kind
    from twiceshy.model.survey import Survey

_FAILED = 400


def recorded_file(project: Project, folder: Path | None, name: str) -> Path:
    """Where recorded answers called `name` lie, or would: beside the report, in `folder`.

    A file that is not there but at that place seen from the project is taken, too.
    """
    from_project = project.root / name
    if folder is None or (from_project.is_file() and not (folder / name).is_file()):
        return from_project
    return folder / name


def recorded_text(project: Project, folder: Path | None, name: str) -> str | None:
    """What was recorded; None when nothing is asked for or nothing was recorded yet.

    Raises ConfigurationError when there is something that cannot be read.
    """
    if not name:
        return None
    path = recorded_file(project, folder, name)
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ConfigurationError(
            "The recorded answers cannot be read",
            location=Location(path),
            seen=(error.strerror or str(error)).lower(),
            todo="see to the rights on the file, or record the answers anew",
        ) from None


def recorded_answers(kind: Kind, spec: Any, survey: Survey, history: History) -> AnswersRecorded:
    """What a file of recorded answers would say today, or why nothing can be recorded."""
    record = getattr(kind, "record", None)
    if record is None:
        return AnswersRecorded("", f"guards of kind {kind.name} record nothing")
    failed = tuple(_failed(survey, history))
    if failed:
        return AnswersRecorded("", "\n".join(failed))
    try:
        text: str = record(spec, survey, history)
    except CannotTell as reason:
        return AnswersRecorded("", str(reason))
    except Exception as error:  # noqa: BLE001 - what is recorded in error would be compared with for long
        return AnswersRecorded("", f"the answers cannot be told: {type(error).__name__}: {error}")
    return AnswersRecorded(text, "" if text.strip() else "no answer was seen")


def _failed(survey: Survey, history: History) -> Iterator[str]:
    """Requests that people wrote down and that never got a good answer, with what came instead."""
    for number, facts in enumerate(survey.requests):
        answers = [
            seen.answer
            for run in history
            for seen in run.observations
            if seen.step.number == number and run.scenario.on == UNDER_REHEARSAL
        ]
        good = any(isinstance(answer, Reply) and answer.status < _FAILED for answer in answers)
        if facts.named and not good:
            yield f"{facts.template}: {_instead(facts.problem, answers)}"


def _instead(problem: str | None, answers: Sequence[Reply | NoReply]) -> str:
    if not answers:
        return problem or "it could not be asked"
    answer = answers[0]
    return answer.says if isinstance(answer, NoReply) else f"answered with {answer.status}"
