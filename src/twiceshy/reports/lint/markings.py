"""Rules about what a report hides from some readers, and about the rules that it ignores."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from twiceshy.errors import nearest
from twiceshy.reports.comments import comments
from twiceshy.reports.lint.rules import RULES
from twiceshy.reports.misspelling import meant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twiceshy.reports.lint.rules import Remark
    from twiceshy.reports.lint.subject import Subject

MARKS = ("internal", "restricted")
_ONE_WORD = re.compile(
    r"<!--[\s-]*(?:(?P<close>/)\s*)?(?P<name>[A-Za-z]+)\s*(?P<end>-*-->|$)", re.MULTILINE
)
_IGNORE = re.compile(
    r"<!--\s*(?:twiceshy[ -])?lint[ -]ignore:?\s+(?P<rule>[\w-]+)\s*(?::\s*(?P<why>.*?))?\s*-->",
    re.DOTALL | re.IGNORECASE,
)


def marks(subject: Subject) -> Iterator[Remark]:
    """Marks that hide too much, or nothing."""
    opened: dict[str, list[int]] = {name: [] for name in MARKS}
    for found in _ONE_WORD.finditer(subject.text):
        name, line = found["name"].lower(), subject.line_of(found.start())
        whole = found[0].strip()
        if name not in opened or not found["end"]:
            if name in opened or meant(name, MARKS):
                yield subject.remark("mark-misspelt", line, whole)
        elif not found["close"]:
            opened[name].append(line)
        elif opened[name]:
            opened[name].pop()
        else:
            yield subject.remark("mark-misspelt", line, f"{whole} closes what was never opened")
    for name, lines in opened.items():
        for line in lines:
            yield subject.remark("mark-never-closed", line, f"<!-- {name} -->")


def hidden_names(subject: Subject) -> Iterator[Remark]:
    """Names in the lists `internal` and `restricted` that stand nowhere else."""
    table = subject.report.front_matter
    names = {section.name for section in subject.report.sections}
    body = subject.text.casefold()
    for key in MARKS:
        value = table.get(key)
        for item in value if isinstance(value, list) else []:
            name = str(item)
            # Once in the list itself.
            if name not in table and name not in names and body.count(name.casefold()) < 2:
                yield subject.remark("hidden-name-not-found", 1, name)


@dataclass(frozen=True, slots=True)
class Ignored:
    """A rule that is to be ignored: everywhere, or on these lines."""

    rule: str
    why: str
    line: int
    lines: frozenset[int] = frozenset()


def ignored(subject: Subject) -> tuple[Ignored, ...]:
    """What the front matter and comments ask to be ignored.

    A comment counts for its own line and the next one that is not empty, and for what is said of
    the whole report.
    """
    lint = subject.report.front_matter.get("lint")
    table: Any = lint.get("ignore") if isinstance(lint, dict) else None
    if isinstance(table, list):
        table = dict.fromkeys(map(str, table), "")
    found = [
        Ignored(str(rule), str(why or "").strip(), 1)
        for rule, why in (table.items() if isinstance(table, dict) else ())
    ]
    for start, end in comments(subject.text):
        comment = _IGNORE.fullmatch(subject.text, start, end)
        if comment is None:
            continue
        first = subject.line_of(start)
        after = subject.line_of(end - 1) + 1
        while after <= len(subject.starts) and not subject.line(after):
            after += 1
        lines = frozenset({0, after, *range(first, after)})
        why = " ".join((comment["why"] or "").split())
        found.append(Ignored(comment["rule"].lower(), why, first, lines))
    return tuple(found)


def unsound(subject: Subject, asked: tuple[Ignored, ...]) -> Iterator[Remark]:
    """Rules that are ignored without a reason, or that do not exist."""
    for one in asked:
        if one.rule not in RULES:
            like = nearest(one.rule, RULES)
            todo = f"Did you mean {like}?" if like else ""
            yield subject.remark("ignored-rule-unknown", one.line, one.rule, todo)
        elif not one.why:
            yield subject.remark("ignored-without-reason", one.line, one.rule)
