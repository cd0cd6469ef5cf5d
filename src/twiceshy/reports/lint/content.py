"""Rules about what a report says, leaves out and contradicts, and about its guards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twiceshy.reports.comments import without_comments
from twiceshy.reports.headings import ACTION_ITEMS, DETECTION, IMPACT, ROOT_CAUSES
from twiceshy.reports.lint.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twiceshy.reports.lint.rules import Remark
    from twiceshy.reports.lint.subject import Subject

_SAID = 0.5
_WANTED = {
    ROOT_CAUSES: "missing-root-cause",
    IMPACT: "missing-impact",
    DETECTION: "missing-detection",
    ACTION_ITEMS: "missing-action-items",
}


def problems(subject: Subject) -> Iterator[Remark]:
    """What the parser could not read."""
    for problem in subject.report.problems:
        line = problem.location.line if problem.location else 0
        seen = f"{problem.happened}: {problem.seen}" if problem.seen else problem.happened
        yield subject.remark("broken", line, seen, problem.todo)


def contradictions(subject: Subject) -> Iterator[Remark]:
    """What cannot both be true."""
    for one in subject.postmortems:
        for conflict in one.conflicts:
            if conflict.rule in RULES:
                line = subject.line_at(conflict.spans)
                yield subject.remark(conflict.rule, line, conflict.says)


def omissions(subject: Subject) -> Iterator[Remark]:
    """What every report should say. A draft may still lack it, an unread file says nothing."""
    if subject.report.problems and not subject.text:
        return
    for name, rule in _WANTED.items():
        if not _says(subject, name):
            seen = "an empty section" if _heading(subject, name) else "no such section"
            yield subject.remark(rule, _heading(subject, name), seen, mild=subject.is_draft)


def _says(subject: Subject, name: str) -> bool:
    """Whether the content stands somewhere, under whatever heading."""
    for one in subject.postmortems:
        known = {
            ROOT_CAUSES: bool(one.root_causes),
            IMPACT: bool(one.impact_figures),
            # A mere likelihood is not said.
            DETECTION: one.detected_by.confidence >= _SAID,
            ACTION_ITEMS: bool(one.action_items),
        }
        if known[name] or name in one.sections:
            return True
    if subject.postmortems:
        return False
    found = [section for section in subject.report.sections if section.name == name]
    return any(without_comments(section.text).strip() for section in found)


def _heading(subject: Subject, name: str) -> int:
    """The line of the section's heading, 0 where there is none."""
    found = (section.line for section in subject.report.sections if section.name == name)
    return next(found, 0)


def guards(subject: Subject) -> Iterator[Remark]:
    """A report without a guard, and guards of which nobody knows whether they see the failure."""
    report = subject.report
    if not report.guards:
        if not report.problems:
            yield subject.remark("no-guard")
        return
    if subject.proved is None or subject.reproduced is None:
        return
    for guard in report.guards:
        if guard.location.line not in subject.proved:
            yield subject.remark("guard-never-proved", guard.location.line, f"kind {guard.kind}")
    if not any(guard.location.line in subject.reproduced for guard in report.guards):
        first = report.guards[0].location.line
        yield subject.remark("claim-never-reproduced", first, "no guard of it ever said `recurs`")


def review(subject: Subject) -> Iterator[Remark]:
    """Who is to read it."""
    table = subject.report.front_matter
    if table.get("status") == "in-review" and not table.get("reviewers"):
        yield subject.remark("in-review-without-reviewers", 1, "status is in-review")
