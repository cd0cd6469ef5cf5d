"""Rehearsed scripts as one HTML page that needs no other file and asks no other host."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING, Any

from twiceshy.model.exhibits import Lanes
from twiceshy.model.plain import exhibit_from_plain
from twiceshy.render.lanes_svg import STYLE as LANES_STYLE
from twiceshy.render.lanes_svg import lanes_svg
from twiceshy.render.legible import legible, one_line
from twiceshy.render.rehearsed import spoken

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_STYLE = """
:root{color-scheme:light dark;--page:#fff;--text:#1c2024;--dim:#5a626b;--rule:#d9dee3;
--code:#f3f5f7;--bad:#b3261e;--good:#1a7f37;--doubt:#8a5a00;
--statement:#2f6fde;--lock:#c98a00;--wait:#c93c37;--other:#8b949e}
@media (prefers-color-scheme:dark){:root{--page:#15181c;--text:#e6e9ec;--dim:#9aa4ae;
--rule:#323941;--code:#1f242a;--bad:#ff7b72;--good:#56d364;--doubt:#e3b341;
--statement:#6ca4ff;--lock:#e3b341;--wait:#ff7b72;--other:#768390}}
body{background:var(--page);color:var(--text);font:16px/1.5 system-ui,sans-serif;margin:0 auto;
max-width:62rem;padding:2rem 1rem 4rem}
h2 code{font-size:.92em}
h1{font-size:1.5rem;line-height:1.25} h2{font-size:1.1rem;line-height:1.35;margin:0 0 .5rem}
section{border-top:1px solid var(--rule);margin-top:2rem;padding-top:1.5rem}
table{border-collapse:collapse;width:100%} td,th{border-bottom:1px solid var(--rule);
padding:.35rem .6rem .35rem 0;text-align:left;vertical-align:top}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1rem;margin:.5rem 0}
dt{color:var(--dim)} dd{margin:0;overflow-wrap:anywhere}
pre{background:var(--code);border-radius:6px;overflow-x:auto;padding:.8rem 1rem}
code,pre{font:13px/1.5 ui-monospace,Menlo,Consolas,monospace}
figure{margin:1rem 0;overflow-x:auto} figcaption{color:var(--dim);font-size:.9rem}
figure svg{min-width:44rem}
.recurs{color:var(--bad)} .holds{color:var(--good)} .unknown{color:var(--doubt)}
.key{color:var(--dim);font-size:.85rem} .key i{display:inline-block;width:1.2rem;height:.7rem;
border-radius:2px;margin:0 .3rem 0 .9rem}
"""
_KEY = (
    ("--statement", "statement runs"),
    ("--lock", "lock held"),
    ("--wait", "query waits"),
    ("--other", "other transaction"),
)
_BACKTICKS = re.compile(r"`([^`]+)`")
_SIGNS = {"recurs": "✗", "unknown": "?", "holds": "✓"}


def rehearsed_page(document: Mapping[str, Any]) -> str:
    """The page, with light and dark colours as the reader's system has them."""
    verdict = document["verdict"]
    sign = f'<span class="{verdict}">{_SIGNS[verdict]}</span>'
    parts = [
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width,initial-scale=1">',
        f"<title>{_told(_heading(document))}</title>",
        f"<style>{_STYLE}{LANES_STYLE}</style></head><body><main>",
        f"<h1>{sign} {_told(_heading(document))}</h1>",
        *_scripts(document),
    ]
    for finding in document["findings"]:
        parts += _finding(finding)
    parts += _ending(document)
    return "\n".join([*parts, "</main></body></html>", ""])


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
            f"<tr><td><code>{_told(script['script'])}</code></td>"
            f'<td class="{script["verdict"]}">{_SIGNS[script["verdict"]]} {_told(says)}</td></tr>'
        )
    yield "</tbody></table>"


def _finding(found: Mapping[str, Any]) -> Iterator[str]:
    place = f"{found['script']}:{found['line']}" if found["line"] else found["script"]
    yield f"<section><h2>{_with_code(found['title'])}</h2><dl>"
    yield from _pair("where", f"<code>{_told(place)}</code>")
    if found["mode"]:
        lock = f"<code>{_told(found['mode'])}</code> on <code>{_told(found['relation'])}</code>"
        yield from _pair("lock", lock)
    yield from _pair("also", _told(", ".join(found["also"])))
    yield from _pair("seen", _told(found["seen"]))
    yield from _pair("in production", _told(found["at_production"] or ""))
    yield "</dl>"
    shown = exhibit_from_plain(found["lanes"]) if found["lanes"] else None
    if isinstance(shown, Lanes):
        yield f"<figure>{lanes_svg(shown)}<figcaption>{_told(shown.title)}. {_key()}"
        yield "</figcaption></figure>"
    yield from _waiting(found)
    if found["remedy_sql"]:
        yield f"<h3>Instead</h3><pre>{escape(legible(found['remedy']))}</pre>"
    elif found["remedy"]:
        yield f"<h3>Instead</h3><p>{_told(found['remedy'])}</p>"
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
            f"<tr><td><code>{_told(waiting['query'])}</code></td>"
            f"<td>{waiting['times']}</td><td>{_told(longest)}</td></tr>"
        )
    yield "</tbody></table>"


def _ending(document: Mapping[str, Any]) -> Iterator[str]:
    scope = document["scope"]
    yield "<section><h2>What this covers</h2><dl>"
    yield from _pair("server", _told(scope["server"]))
    for tried in scope["tried"]:
        yield from _pair("tried", _told(tried))
    for untried in scope["untried"]:
        yield from _pair("not tried", _told(f"{untried['what']}: {untried['why']}"))
    for note in scope["notes"]:
        yield from _pair("note", _told(note))
    for reason in document["reasons"]:
        yield from _pair("could not tell", _told(reason))
    yield "</dl></section>"


def _pair(label: str, inside: str) -> Iterator[str]:
    if inside:
        yield f"<dt>{label}</dt><dd>{inside}</dd>"


def _key() -> str:
    marks = "".join(f'<i style="background:var({name})"></i>{says}' for name, says in _KEY)
    return f'<span class="key">{marks}</span>'


def _with_code(text: str) -> str:
    """What stands in backticks as code."""
    return _BACKTICKS.sub(r"<code>\1</code>", _told(text))


def _told(text: str) -> str:
    return escape(one_line(text))
