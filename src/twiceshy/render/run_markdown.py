"""A run as Markdown, to be put under a pull request. Made of the document for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from twiceshy.model.plain import exhibit_from_plain
from twiceshy.render.exhibits_markdown import exhibit_markdown
from twiceshy.render.legible import legible, one_line
from twiceshy.render.markdown import SIGNS, cell, code, fence, plain
from twiceshy.render.run_words import FACTS, fact, guards_of, heading, place_of, scope_line
from twiceshy.render.sql import highlighted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_FINDINGS = 10
_LONGEST = 2000
"""Characters of one text: a comment that is too long is refused as a whole."""


def run_markdown(document: Mapping[str, Any]) -> str:
    """A heading, a table of guards, then each that does not hold with its findings."""
    lines = [f"### {SIGNS[document['verdict']]} {heading(document)}", ""]
    guards = list(guards_of(document))
    if guards:
        lines += ["| report | guard | verdict |", "| --- | --- | --- |"]
    for report, guard in guards:
        version = f" on {cell(guard['version'])}" if guard["version"] else ""
        says = f"{SIGNS[guard['verdict']]} {guard['verdict']}"
        title = plain(one_line(report["title"] or report["path"])).replace("|", "\\|")
        lines.append(f"| {title} | {cell(guard['kind'])}{version} | {says} |")
    for _, guard in guards:
        if guard["verdict"] != "holds":
            lines += ["", *_guard(guard)]
    for report in document["reports"]:
        for problem in report["problems"]:
            lines += [
                "",
                f"Broken: {code(place_of(problem))} {plain(one_line(problem['happened']))}",
            ]
    for uncovered in document["uncovered"]:
        lines += ["", f"Without any cover: {code(uncovered['request'])} {plain(uncovered['why'])}"]
    covered = scope_line(document)
    return "\n".join([*lines, "", f"<sub>{plain(covered)}</sub>" if covered else "", ""])


def _guard(guard: Mapping[str, Any]) -> Iterator[str]:
    for found in guard["findings"][:_FINDINGS]:
        yield f"**{plain(one_line(found['title']))}** ({code(place_of(guard))})"
        yield ""
        yield from _finding(found)
    more = len(guard["findings"]) - _FINDINGS
    if more > 0:
        yield f"… {more} more findings"
    for reason in guard["reasons"]:
        yield f"Could not tell: {plain(one_line(reason))} ({code(place_of(guard))})"
    if guard["exhibits"]:
        yield ""
    for shown in guard["exhibits"]:
        yield from exhibit_markdown(exhibit_from_plain(shown))


def _finding(found: Mapping[str, Any]) -> Iterator[str]:
    for label, key in FACTS:
        if found[key]:
            yield f"- {label}: {code(_cut(fact(found[key])))}"
    yield ""
    for shown in found["exhibits"]:
        yield from exhibit_markdown(exhibit_from_plain(shown))
    for label, text, language in (
        ("SQL", highlighted(found["statement"]).plain, "sql"),
        ("Send it again", legible(found["curl"]), "sh"),
        ("What to do instead", legible(found["remedy"]), ""),
    ):
        if text:
            yield from (f"<details><summary>{label}</summary>", "")
            yield from (*fence(_cut(text), language), "", "</details>", "")


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[:_LONGEST] + " …"
