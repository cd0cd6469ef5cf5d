"""Reports from files and folders."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from twiceshy.errors import ConfigurationError, Location, ReportError
from twiceshy.model.report import Report
from twiceshy.reports.parse import LONGEST, parse_report

if TYPE_CHECKING:
    from pathlib import Path

SUFFIXES = frozenset({".md", ".markdown"})


def read_report(path: Path) -> Report:
    """The report in a file. A file that cannot be read is a report with that problem."""
    try:
        with path.open("rb") as file:
            # In UTF-8 a character has at most four bytes: more than this is too long in any case.
            content = file.read(4 * LONGEST + 4)
    except OSError as error:
        says = (error.strerror or str(error)).lower()
        problem = ReportError("The report cannot be read", location=Location(path), seen=says)
        return Report(path, path.stem, path.stem, problems=(problem,))
    try:
        return parse_report(content.decode("utf-8-sig"), path)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        problem = ReportError(
            "The report is not UTF-8 text",
            location=Location(path, line),
            seen=f"byte {content[error.start]:#04x}",
            todo="Save it as UTF-8.",
        )
        report = parse_report(content.decode("utf-8-sig", errors="replace"), path)
        return replace(report, problems=(problem, *report.problems))


def read_reports(folder: Path) -> tuple[Report, ...]:
    """All reports in `folder` and below it, sorted by path; hidden folders are passed over.

    `folder` may also be one file. Of two reports with one id the second has a problem. Raises
    ConfigurationError when there is no such folder.
    """
    if folder.is_file():
        return (read_report(folder),)
    if not folder.is_dir():
        raise ConfigurationError(
            "There is no folder of reports",
            location=Location(folder),
            todo='Write a first report with `twiceshy new "What happened"`.',
        )
    first_with: dict[str, Report] = {}
    reports: list[Report] = []
    for path in sorted(folder.rglob("*"), key=lambda path: path.relative_to(folder).parts):
        if not _is_report(path, folder):
            continue
        report = read_report(path)
        other = first_with.setdefault(report.id, report)
        if other is not report:
            report = replace(report, problems=(*report.problems, _twice(report, other)))
        reports.append(report)
    return tuple(reports)


def _is_report(path: Path, folder: Path) -> bool:
    """Whether it is a Markdown file, or a link that may lead nowhere, and not hidden."""
    hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
    is_file = path.is_file() or (path.is_symlink() and not path.exists())
    return path.suffix.lower() in SUFFIXES and is_file and not hidden


def _twice(report: Report, other: Report) -> ReportError:
    return ReportError(
        f"The id {report.id} is taken",
        location=Location(report.path, 1),
        key="id",
        seen=f"also the id of {other.path}",
        todo="Give one of the two another id in its front matter, or another file name.",
    )
