"""What pages have in common that need no other file and ask no other host."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

from twiceshy.render.lanes_svg import STYLE as LANES_STYLE
from twiceshy.render.legible import one_line
from twiceshy.render.series_svg import STYLE as SERIES_STYLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

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
caption{color:var(--dim);font-size:.9rem;text-align:left;padding-bottom:.3rem}
.sides{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,20rem),1fr));gap:0 1rem}
section h2:not(:first-child){margin-top:1.8rem}
h3{font-size:.9rem;margin:1rem 0 .3rem} .sides p{color:var(--dim);font-size:.9rem;margin:0}
mark{background:none;color:var(--bad);font-weight:600;text-decoration:underline}
"""
SIGNS = {"recurs": "✗", "unknown": "?", "holds": "✓"}
"""Of the verdicts."""
_BACKTICKS = re.compile(r"`([^`]+)`")


def whole(heading: str, verdict: str, parts: Iterable[str]) -> str:
    """A page around its parts, with light and dark colours as the reader's system has them."""
    sign = f'<span class="{verdict}">{SIGNS[verdict]}</span>'
    lines = [
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width,initial-scale=1">',
        f"<title>{told(heading)}</title>",
        f"<style>{_STYLE}{LANES_STYLE}{SERIES_STYLE}</style></head><body><main>",
        f"<h1>{sign} {told(heading)}</h1>",
        *parts,
        "</main></body></html>",
        "",
    ]
    return "\n".join(lines)


def pair(label: str, inside: str) -> Iterator[str]:
    """A label and what it says, in a list of such pairs; nothing when it says nothing."""
    if inside:
        yield f"<dt>{label}</dt><dd>{inside}</dd>"


def with_code(text: str) -> str:
    """What stands in backticks as code."""
    return _BACKTICKS.sub(r"<code>\1</code>", told(text))


def block(inside: str) -> str:
    """Lines as they are; who has no mouse can scroll what is wider than the page."""
    return f'<pre tabindex="0">{inside}</pre>'


def told(text: str) -> str:
    """Foreign text, on one line."""
    return escape(one_line(text))
