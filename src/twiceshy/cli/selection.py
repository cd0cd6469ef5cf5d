"""Which reports and guards of the project are meant."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from twiceshy.errors import UsageError, nearest
from twiceshy.model.report import Report


def choose(
    reports: Sequence[Report], wanted: Sequence[str], text: str, here: Path
) -> tuple[Report, ...]:
    """The reports that are named by id, file or file's name; all of them when none is named.

    With `text`, only guards whose report or kind says it (in any case). Raises UsageError for a
    name that is nobody's.
    """
    named: dict[Path, Report] = {}
    for name in wanted:
        found = [report for report in reports if _answers(report, name, here)]
        if not found:
            raise _unknown(name, reports)
        named |= {report.path: report for report in found}
    chosen = tuple(named.values()) if wanted else tuple(reports)
    return tuple(_with_guards(report, text.casefold()) for report in chosen) if text else chosen


def _answers(report: Report, name: str, here: Path) -> bool:
    path = report.path.absolute()
    # Not resolved: a link to a report is named as it is seen.
    given = Path(os.path.normpath(here / name))
    return name in (report.id, path.name, path.stem) or given == path or given in path.parents


def _with_guards(report: Report, text: str) -> Report:
    about = f"{report.id}\n{report.title}\n{report.path.name}".casefold()
    guards = [guard for guard in report.guards if text in about or text in guard.kind.casefold()]
    # What could not be read might have been meant, but then its own run tells it.
    problems = report.problems if text in about else ()
    return replace(report, guards=tuple(guards), problems=problems)


def _unknown(name: str, reports: Sequence[Report]) -> UsageError:
    known = [report.id for report in reports]
    like = nearest(name, [*known, *(report.path.stem for report in reports)])
    shown = ", ".join(known[:10]) + (", ..." if len(known) > 10 else "")
    return UsageError(
        f"There is no report {name}",
        seen=f"reports here: {shown}" if known else "no reports here",
        todo=f"Did you mean {like}?" if like else "Name a report by its id or its file.",
    )
