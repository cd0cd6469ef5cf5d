"""Draws one finding for a colleague who never saw the tool."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rich.text import Text

from twiceshy.model.verdict import Value
from twiceshy.render.compare import Side, compare
from twiceshy.render.exhibits import exhibit
from twiceshy.render.legible import legible, one_line
from twiceshy.render.marks import LABEL, STYLES
from twiceshy.render.paragraph import indented, wrap
from twiceshy.render.sql import highlighted

if TYPE_CHECKING:
    from twiceshy.model.verdict import Finding
    from twiceshy.render.marks import Page

_VARIABLE = re.compile(r"\$[A-Z_][A-Z0-9_]*")

# Findings about database scripts have no response to compare.
_OF_SCRIPTS = frozenset({"blocks", "queues", "breaks", "fails"})

INDENT = 2
FIELD = 10
"""Width of the column of labels."""
LINES = 12
"""Lines of SQL, or of what was seen, that are drawn unless everything is wanted."""


def finding(found: Finding, place: str, page: Page) -> list[Text]:
    """All of the finding but its curl line; `place` is its number among others, `1 of 3`."""
    head = f"{page.marks.recurs} {place}  " if place else f"{page.marks.recurs} "
    title = Text(one_line(found.title), style="bold")
    lines = wrap(title, page.width, Text(head, style=STYLES[Value.RECURS]))
    inner = page.inset(INDENT)
    blocks = [_facts(found, inner), _difference(found, inner)]
    blocks += [exhibit(shown, inner) for shown in found.exhibits]
    blocks += [_statement(found, inner), _remedy(found)]
    for block in blocks:
        if block:
            lines += [Text(), *indented(block, INDENT)]
    return lines


def curl_lines(found: Finding, page: Page) -> list[Text]:
    """The request as a line to copy, which nobody may wrap or cut, and what it needs."""
    if not found.curl:
        return []
    names = " and ".join(dict.fromkeys(_VARIABLE.findall(found.curl)))
    needs = f", with {names} set in your shell" if names else ""
    says = Text(f"to send the request yourself{needs}:", style=LABEL)
    line = Text(" " * INDENT + legible(found.curl))
    return [Text(), *indented(wrap(says, page.width - INDENT), INDENT), line]


def field(label: str, value: Text | str, page: Page) -> list[Text]:
    """A label and what it says, wrapped beside it; nothing when it says nothing."""
    text = Text(legible(value)) if isinstance(value, str) else value
    if not text.plain.strip():
        return []
    return wrap(text, page.width, Text(label.ljust(FIELD), style=LABEL))


def _facts(found: Finding, page: Page) -> list[Text]:
    if found.rule in _OF_SCRIPTS:
        return [
            *field("where", one_line(found.request), page),
            *field("locked", Text(one_line(", ".join(found.data)), style="bold"), page),
            *_cut(field("evidence", found.seen.strip(), page), page),
        ]
    sent = Text(one_line(found.request))
    if found.actor:
        sent.append(" as ", style=LABEL).append(one_line(found.actor), style="bold")
    where = Text()
    if found.where:
        where = Text.assemble((one_line(found.where), "bold"), (" in the response", LABEL))
    return [
        *field("sent", sent, page),
        *field("while", one_line(found.state), page),
        *field("differs", where, page),
        *field("data", Text(one_line(", ".join(found.data)), style="bold"), page),
        *field("whose", Text(one_line(found.owner), style="bold red"), page),
        *_cut(field("evidence", found.seen.strip(), page), page),
    ]


def _difference(found: Finding, page: Page) -> list[Text]:
    if found.rule in _OF_SCRIPTS:
        return field("in prod.", found.after.removeprefix("in production: "), page)
    if not found.before:
        # Nothing to compare with, such as the output of a command.
        return _cut(field("got", found.after.rstrip(), page), page)
    left = Side("expected", found.before)
    right = Side("got", found.after or "(nothing)")
    return compare(left, right, page, label=FIELD)


def _statement(found: Finding, page: Page) -> list[Text]:
    return _cut(field("SQL", highlighted(found.statement), page), page)


def _remedy(found: Finding) -> list[Text]:
    """What to do instead is there to be copied: it is neither cut nor wrapped."""
    if not found.remedy:
        return []
    lines = legible(found.remedy).splitlines()
    return [Text("instead", style=LABEL), *(Text(line) for line in lines)]


def _cut(lines: list[Text], page: Page) -> list[Text]:
    if page.verbose or len(lines) <= LINES + 1:
        return lines
    rest = f"{page.marks.more} {len(lines) - LINES} more lines (--verbose shows them)"
    return [*lines[:LINES], Text(" " * FIELD + rest, style=LABEL)]
