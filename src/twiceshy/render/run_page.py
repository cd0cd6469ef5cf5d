"""A run as one HTML page that needs no other file. Made of the document for programs."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from twiceshy.model.plain import exhibit_from_plain
from twiceshy.render.exhibits_html import exhibit_html
from twiceshy.render.legible import legible
from twiceshy.render.page import SIGNS, block, pair, told, whole, with_code
from twiceshy.render.run_words import FACTS, fact, guards_of, heading, place_of, scope_line
from twiceshy.render.sql import highlighted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def run_page(document: Mapping[str, Any]) -> str:
    """A table of guards, then each that has more to show, with its findings and exhibits."""
    parts = [*_table(document)]
    for report, guard in guards_of(document):
        if guard["findings"] or guard["reasons"] or guard["exhibits"]:
            parts += _guard(report, guard)
    parts += _ending(document)
    return whole(heading(document), document["verdict"], parts)


def _table(document: Mapping[str, Any]) -> Iterator[str]:
    heads = "".join(f"<th>{head}</th>" for head in ("report", "guard", "verdict", "took"))
    yield f"<table><thead><tr>{heads}</tr></thead><tbody>"
    for report, guard in guards_of(document):
        value = guard["verdict"]
        version = f" on <code>{told(guard['version'])}</code>" if guard["version"] else ""
        yield (
            f"<tr><td>{told(report['title'] or report['path'])}</td>"
            f"<td><code>{told(guard['kind'])}</code>{version}</td>"
            f'<td class="{value}">{SIGNS[value]} {value}</td><td>{guard["seconds"]:.1f} s</td></tr>'
        )
    yield "</tbody></table>"


def _guard(report: Mapping[str, Any], guard: Mapping[str, Any]) -> Iterator[str]:
    place = f"<code>{told(place_of(guard))}</code>"
    version = f", version <code>{told(guard['version'])}</code>" if guard["version"] else ""
    yield f"<section><p>{told(report['title'])}: {place}{version}</p>"
    for found in guard["findings"]:
        yield f"<h2>{with_code(found['title'])}</h2><dl>"
        for label, key in FACTS:
            yield from pair(label, told(fact(found[key])))
        yield "</dl>"
        for shown in found["exhibits"]:
            yield from exhibit_html(exhibit_from_plain(shown))
        for label, text in (
            ("Send it again", legible(found["curl"])),
            ("SQL", highlighted(found["statement"]).plain),
            ("Instead", legible(found["remedy"])),
        ):
            if text:
                yield f"<h3>{label}</h3>{block(escape(text))}"
    for reason in guard["reasons"]:
        yield f'<p><b class="unknown">could not tell</b> {told(reason)}</p>'
    for shown in guard["exhibits"]:
        yield from exhibit_html(exhibit_from_plain(shown))
    yield "</section>"


def _ending(document: Mapping[str, Any]) -> Iterator[str]:
    yield f"<section><h2>What this covers</h2><p>{told(scope_line(document))}</p><dl>"
    for report in document["reports"]:
        for problem in report["problems"]:
            happened = f"{place_of(problem)}: {problem['happened']}"
            yield from pair("broken", told(happened))
    for uncovered in document["uncovered"]:
        yield from pair("without cover", told(f"{uncovered['request']}: {uncovered['why']}"))
    for _, guard in guards_of(document):
        for untried in guard["scope"]["untried"]:
            yield from pair("not tried", told(f"{untried['what']}: {untried['why']}"))
        for note in guard["scope"]["notes"]:
            yield from pair("note", told(note))
    yield "</dl></section>"
