"""Rehearsed scripts for people at a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from twiceshy.model.exhibits import Lanes
from twiceshy.model.plain import exhibit_from_plain
from twiceshy.model.verdict import Value
from twiceshy.render.finding import field
from twiceshy.render.lanes import lanes
from twiceshy.render.legible import legible, one_line
from twiceshy.render.marks import LABEL, STYLES
from twiceshy.render.paragraph import indented, wrap
from twiceshy.render.rehearsed import spoken, waited
from twiceshy.render.sql import highlighted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from twiceshy.render.marks import Page

INDENT = 2
_QUERIES = 4
_FINE = "would block nobody"


def rehearsed_lines(document: Mapping[str, Any], page: Page) -> list[Text]:
    """One line a script, then each finding, then what it covers."""
    lines = [script_line(script, page) for script in document["scripts"]]
    findings = document["findings"]
    for number, found in enumerate(findings, 1):
        place = f"{number} of {len(findings)}" if len(findings) > 1 else ""
        lines += [Text(), *_finding(found, place, page)]
    if document["reasons"]:
        lines += [Text(), Text("could not tell, because", style=STYLES[Value.UNKNOWN])]
        for reason in document["reasons"]:
            lines += wrap(Text(legible(reason)), page.width, Text("  "))
    return [*lines, Text(), *_ending(document, page)]


def script_line(script: Mapping[str, Any], page: Page) -> Text:
    """`✗ would block and would queue  db/001.sql`."""
    value = Value(script["verdict"])
    says = spoken(script["would"]) or (_FINE if value is Value.HOLDS else "could not tell")
    name = one_line(script["script"])
    return Text.assemble((f"{page.marks.of(value)} {says}", STYLES[value]), "  ", name)


def _finding(found: Mapping[str, Any], place: str, page: Page) -> list[Text]:
    words = {"blocks": "block", "queues": "queue", "breaks": "break", "fails": "fail"}
    head = f"{page.marks.recurs} {place} ".replace("  ", " ")
    head += f"would {words[found['rule']]}  "
    lines = wrap(
        Text(one_line(found["title"]), style="bold"),
        page.width,
        Text(head, style=STYLES[Value.RECURS]),
    )
    inner = page.inset(INDENT)
    for block in (_facts(found, inner), _lanes(found, inner), _instead(found)):
        if block:
            lines += [Text(), *indented(block, INDENT)]
    return lines


def _facts(found: Mapping[str, Any], page: Page) -> list[Text]:
    where = one_line(found["script"]) + (f":{found['line']}" if found["line"] else "")
    lines = field("where", where, page)
    lines += field("SQL", highlighted(found["statement"] or ""), page)[:6]
    if found["mode"]:
        lock = Text.assemble((found["mode"], "bold"), " on ", (found["relation"], "bold"))
        lines += field("lock", lock, page)
    lines += field("also", ", ".join(found["also"]), page)
    lines += field("seen", found["seen"], page)
    for waiting in found["waiting"][: None if page.verbose else _QUERIES]:
        says = waiting["query"] + waited(waiting)
        lines += field("waiting" if found["rule"] != "breaks" else "failing", says, page)
    return lines + field("in prod.", found["at_production"] or "", page)


def _lanes(found: Mapping[str, Any], page: Page) -> list[Text]:
    shown = exhibit_from_plain(found["lanes"]) if found["lanes"] else None
    if not isinstance(shown, Lanes):
        return []
    return [Text(shown.title, style="italic"), *lanes(shown, page)]


def _instead(found: Mapping[str, Any]) -> list[Text]:
    """There to be copied, so neither cut nor wrapped."""
    if not found["remedy"]:
        return []
    says = "instead of the whole script" if found["whole_script"] else "instead"
    if found["rule"] == "queues":
        says = "before the script"
    lines = legible(found["remedy"]).splitlines()
    return [Text(says, style=LABEL), *(Text(line) for line in lines)]


def _ending(document: Mapping[str, Any], page: Page) -> list[Text]:
    scope = document["scope"]
    lines = field("server", scope["server"], page)
    for note in scope["notes"]:
        lines += field("note", note, page)
    for untried in scope["untried"]:
        lines += field("not tried", f"{untried['what']}: {untried['why']}", page)
    return lines
