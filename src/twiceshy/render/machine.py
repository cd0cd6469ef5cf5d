"""A run for programs: one JSON document, the same for the same run, described by a JSON Schema."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

from twiceshy.errors import SeveralProblems
from twiceshy.model.events import GuardFinished, ReportBroken, RunFinished, Uncovered
from twiceshy.model.plain import verdict_to_plain
from twiceshy.model.verdict import worst

if TYPE_CHECKING:
    from pathlib import Path

    from twiceshy.errors import TwiceshyError
    from twiceshy.model.events import Event
    from twiceshy.model.report import Report

VERSION = 1
"""Of the document. Within a version, keys are only added."""


class Machine:
    """A listener that gathers a run. Paths are told from `base`, with forward slashes."""

    def __init__(self, base: Path | None = None) -> None:
        self._base = base
        self._reports: dict[str, dict[str, Any]] = {}
        self._seconds = 0.0
        self._finished: list[GuardFinished] = []
        self._uncovered: list[dict[str, str]] = []

    def hear(self, event: Event) -> None:
        """Gather one event."""
        if isinstance(event, GuardFinished):
            self._finished.append(event)
            self._report(event.report)["guards"].append(self._guard(event))
        elif isinstance(event, ReportBroken):
            problems = self._report(event.report)["problems"]
            several = isinstance(event.problem, SeveralProblems)
            each = event.problem.problems if isinstance(event.problem, SeveralProblems) else ()
            problems += [self._problem(one) for one in (each if several else (event.problem,))]
        elif isinstance(event, Uncovered):
            self._uncovered += [{"request": name, "why": why} for name, why in event.requests]
        elif isinstance(event, RunFinished):
            self._seconds = event.seconds

    def document(self) -> dict[str, Any]:
        """All that was heard, as `schema` describes it."""
        reports = sorted(self._reports.values(), key=lambda report: (report["path"], report["id"]))
        for report in reports:
            report["guards"].sort(key=lambda guard: (guard["line"], guard["version"]))
        return {
            "version": VERSION,
            "reports": reports,
            "seconds": _number(self._seconds),
            "uncovered": self._uncovered,
            "verdict": worst(one.verdict.value for one in self._finished).value,
        }

    def _report(self, report: Report) -> dict[str, Any]:
        path = self._path(report.path)
        new = {"id": report.id, "title": report.title, "path": path, "guards": [], "problems": []}
        return self._reports.setdefault(path, new)

    def _guard(self, event: GuardFinished) -> dict[str, Any]:
        return {
            "kind": event.guard.kind,
            "file": self._path(event.guard.location.file),
            "line": event.guard.location.line,
            "version": event.version,
            "seconds": _number(event.seconds),
            **verdict_to_plain(event.verdict),
        }

    def _problem(self, problem: TwiceshyError) -> dict[str, Any]:
        location = getattr(problem, "location", None)
        return {
            "happened": problem.happened,
            "file": self._path(location.file) if location else "",
            "line": location.line if location else 0,
            "key": getattr(problem, "key", ""),
            "seen": problem.seen,
            "todo": problem.todo,
        }

    def _path(self, path: Path) -> str:
        if self._base and path.is_relative_to(self._base):
            path = path.relative_to(self._base)
        return path.as_posix()


def as_json(document: Any) -> str:
    """The text of any document: keys sorted, characters as they are, valid UTF-8, no NaN."""
    text = json.dumps(document, ensure_ascii=False, allow_nan=False, indent=2, sort_keys=True)
    # A lone surrogate (from a response that was no UTF-8) could not be written to any file.
    return text.encode("utf-8", "replace").decode("utf-8")


def _number(seconds: float) -> float:
    return round(seconds, 3) if math.isfinite(seconds) else 0.0
