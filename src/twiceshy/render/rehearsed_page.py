"""Rehearsed scripts as one HTML page that needs no other file and asks no other host."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from twiceshy.model.plain import exhibit_from_plain
from twiceshy.render.exhibits_html import exhibit_html
from twiceshy.render.legible import legible
from twiceshy.render.page import SIGNS, block, pair, told, whole, with_code
from twiceshy.render.rehearsed import spoken

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def rehearsed_page(document: Mapping[str, Any]) -> str:
    """The page, with light and dark colours as the reader's system has them."""
    verdict = document["verdict"]
    parts = [*_scripts(document)]
    for finding in document["findings"]:
        parts += _finding(finding)
    parts += _ending(document)
    return whole(_heading(document), verdict, parts)


def _heading(document: Mapping[str, Any]) -> str:
    names = [script["script"] for script in document["scripts"]]
    what = names[0] if len(names) == 1 else f"{len(names)} scripts"
    if document["verdict"] == "holds":
        return f"{what} would block nobody"
    return f"{what} {document['says']}" if document["says"] else f"{what}: could not tell"


def _scripts(document: Mapping[str, Any]) -> Iterator[str]:
    if len(document["scripts"]) < 2:
        return
    yield "<table><thead><tr><th>script</th><th>verdict</th></tr></thead><tbody>"
    for script in document["scripts"]:
        says = spoken(script["would"]) or script["verdict"]
        yield (
            f"<tr><td><code>{told(script['script'])}</code></td>"
            f'<td class="{script["verdict"]}">{SIGNS[script["verdict"]]} {told(says)}</td></tr>'
        )
    yield "</tbody></table>"


def _finding(found: Mapping[str, Any]) -> Iterator[str]:
    place = f"{found['script']}:{found['line']}" if found["line"] else found["script"]
    yield f"<section><h2>{with_code(found['title'])}</h2><dl>"
    yield from pair("where", f"<code>{told(place)}</code>")
    if found["mode"]:
        lock = f"<code>{told(found['mode'])}</code> on <code>{told(found['relation'])}</code>"
        yield from pair("lock", lock)
    yield from pair("also", told(", ".join(found["also"])))
    yield from pair("seen", told(found["seen"]))
    yield from pair("in production", told(found["at_production"] or ""))
    yield "</dl>"
    if found["lanes"]:
        yield from exhibit_html(exhibit_from_plain(found["lanes"]))
    yield from _waiting(found)
    if found["remedy_sql"]:
        yield f"<h3>Instead</h3>{block(escape(legible(found['remedy'])))}"
    elif found["remedy"]:
        yield f"<h3>Instead</h3><p>{told(found['remedy'])}</p>"
    yield "</section>"


def _waiting(found: Mapping[str, Any]) -> Iterator[str]:
    if not found["waiting"]:
        return
    head = "query that fails" if found["rule"] == "breaks" else "query that waits"
    yield f"<table><thead><tr><th>{head}</th><th>times</th><th>longest</th></tr></thead><tbody>"
    for waiting in found["waiting"]:
        longest = f"{waiting['longest_ms']:.0f} ms" if waiting["longest_ms"] else ""
        longest += f", {waiting['error']}" if waiting["error"] else ""
        yield (
            f"<tr><td><code>{told(waiting['query'])}</code></td>"
            f"<td>{waiting['times']}</td><td>{told(longest)}</td></tr>"
        )
    yield "</tbody></table>"


def _ending(document: Mapping[str, Any]) -> Iterator[str]:
    scope = document["scope"]
    yield "<section><h2>What this covers</h2><dl>"
    yield from pair("server", told(scope["server"]))
    for tried in scope["tried"]:
        yield from pair("tried", told(tried))
    for untried in scope["untried"]:
        yield from pair("not tried", told(f"{untried['what']}: {untried['why']}"))
    for note in scope["notes"]:
        yield from pair("note", told(note))
    for reason in document["reasons"]:
        yield from pair("could not tell", told(reason))
    yield "</dl></section>"
