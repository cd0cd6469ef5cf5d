"""Reports made ready for the rules: text, what is read in it, and what the archive knows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from twiceshy.archive.archive import guard_hash
from twiceshy.library.proofs import Proofs
from twiceshy.library.prose import begun, postmortems_of
from twiceshy.library.reading import is_ours, read_content
from twiceshy.reports import parse_report
from twiceshy.reports.lint import Subject

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from twiceshy.model.report import Report


def subjects(root: Path, reports: Iterable[Report]) -> Iterator[Subject]:
    """Each report with what the rules want to know of it. `root` is the project's folder."""
    proofs = Proofs(root)
    proofs.refresh()
    for report in reports:
        content = read_content(report.path)
        yield subject(report, content.text, proofs)


def subject(report: Report, text: str, proofs: Proofs | None = None) -> Subject:
    """One report; `text` is the content of its file."""
    found = postmortems_of(text, str(report.path))
    if proofs is None or not proofs.known:
        return Subject(report, text, found)
    states = [
        proofs.state(report.id, [guard.kind, guard.location.line, guard_hash(guard)])
        for guard in report.guards
    ]
    proved = frozenset(state.line for state in states if state.proved)
    reproduced = frozenset(state.line for state in states if state.reproduced)
    return Subject(report, text, found, proved, reproduced)


def is_report(subject: Subject) -> bool:
    """Whether it is a report, perhaps only begun, as the library has it; a README is none."""
    report = subject.report
    if subject.postmortems or is_ours(report):
        return True
    return bool(begun(subject.text, str(report.path), ours=False))


def reread(before: Subject, text: str) -> Subject:
    """The same report after its text was mended. What is wrong beside the text stays wrong."""
    path = before.report.path
    of_text = {str(problem) for problem in parse_report(before.text, path).problems}
    beside = [problem for problem in before.report.problems if str(problem) not in of_text]
    report = parse_report(text, path)
    report = replace(report, problems=(*beside, *report.problems))
    return replace(before, report=report, text=text, postmortems=postmortems_of(text, str(path)))
