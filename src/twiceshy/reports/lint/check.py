"""All rules on one report."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from twiceshy.reports.lint import blame, content, markings, mending, tasks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from twiceshy.reports.lint.rules import Remark
    from twiceshy.reports.lint.subject import Subject

_CHECKS: tuple[Callable[[Subject], Iterable[Remark]], ...] = (
    content.problems,
    content.contradictions,
    content.omissions,
    content.guards,
    content.review,
    tasks.tasks,
    blame.blame,
    markings.marks,
    markings.hidden_names,
    mending.spelling,
)


def lint(subject: Subject) -> tuple[Remark, ...]:
    """What the rules have to say, in the order of the lines; without what is ignored.

    The rules about ignoring cannot be ignored.
    """
    asked = markings.ignored(subject)
    found = chain.from_iterable(check(subject) for check in _CHECKS)
    kept = [remark for remark in found if not _is_ignored(remark, asked)]
    kept += markings.unsound(subject, asked)
    unique = dict.fromkeys(kept)
    return tuple(sorted(unique, key=lambda remark: (remark.line, remark.rule.id, remark.seen)))


def _is_ignored(remark: Remark, asked: Iterable[markings.Ignored]) -> bool:
    return any(
        one.why and one.rule == remark.rule.id and (not one.lines or remark.line in one.lines)
        for one in asked
    )
