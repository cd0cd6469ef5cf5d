"""Exhibits as parts of a page."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from twiceshy.model.exhibits import Lanes, Path, Series, SideBySide, Table
from twiceshy.render.difference import occurrences
from twiceshy.render.lanes_svg import lanes_svg
from twiceshy.render.legible import legible
from twiceshy.render.page import block, told
from twiceshy.render.series_svg import series_svg

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twiceshy.model.exhibits import Exhibit

_KEY = (
    ("--statement", "statement runs"),
    ("--lock", "lock held"),
    ("--wait", "query waits"),
    ("--other", "other transaction"),
)


def exhibit_html(shown: Exhibit) -> Iterator[str]:
    """A figure with the exhibit's title below or above it."""
    if isinstance(shown, Lanes):
        yield f'<figure tabindex="0">{lanes_svg(shown)}<figcaption>{told(shown.title)}. {_key()}'
        yield "</figcaption></figure>"
    elif isinstance(shown, Series):
        yield f'<figure tabindex="0">{series_svg(shown)}'
        yield f"<figcaption>{told(shown.title)}</figcaption></figure>"
    elif isinstance(shown, Table):
        yield from _table(shown)
    elif isinstance(shown, SideBySide):
        yield f'<figure><figcaption>{told(shown.title)}</figcaption><div class="sides">'
        for title, text in ((shown.left_title, shown.left), (shown.right_title, shown.right)):
            yield f"<div><p>{told(title)}</p>{_marked(text, shown.highlights)}</div>"
        yield "</div></figure>"
    else:
        yield from _path(shown)


def _table(table: Table) -> Iterator[str]:
    heads = "".join(f"<th>{told(column)}</th>" for column in table.columns)
    yield f"<figure><table><caption>{told(table.title)}</caption>"
    yield f"<thead><tr>{heads}</tr></thead><tbody>"
    for row in table.rows:
        yield f"<tr>{''.join(f'<td>{told(cell)}</td>' for cell in row)}</tr>"
    yield "</tbody></table></figure>"


def _path(path: Path) -> Iterator[str]:
    yield f"<figure><figcaption>{told(path.title)}</figcaption><ol>"
    for what, detail in path.steps:
        yield f"<li><b>{told(what)}</b>{_detail(detail)}</li>"
    yield "</ol></figure>"


def _detail(text: str) -> str:
    """What has several lines is code or a table; a sentence wraps as sentences do."""
    if "\n" in text:
        return block(escape(legible(text)))
    return f"<p>{told(text)}</p>" if text else ""


def _marked(text: str, highlights: tuple[str, ...]) -> str:
    text = legible(text)
    inside, at = "", 0
    for start, end in occurrences(text, tuple(legible(highlight) for highlight in highlights)):
        inside += f"{escape(text[at:start])}<mark>{escape(text[start:end])}</mark>"
        at = end
    return block(inside + escape(text[at:]))


def _key() -> str:
    marks = "".join(f'<i style="background:var({name})"></i>{says}' for name, says in _KEY)
    return f'<span class="key">{marks}</span>'
