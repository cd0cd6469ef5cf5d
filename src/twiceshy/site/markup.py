"""The text of a report as HTML that cannot do anything.

Markdown is rendered, then everything is sanitised: HTML of the report's own keeps its harmless
tags and loses the rest. Nothing loads by itself: pictures become links.
"""

from __future__ import annotations

import re
from html import unescape
from itertools import pairwise
from typing import TYPE_CHECKING
from urllib.parse import unquote

import nh3
from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.token import Token

from twiceshy.site.words import WORDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from markdown_it.renderer import RendererProtocol
    from markdown_it.utils import EnvType, OptionsDict

DEEPEST = 60
"""Elements within each other; a text that nests deeper is shown as it is written."""

LONGEST = 250_000
"""Characters of a text that is rendered; a longer one, such as a log, is shown as it is written."""

_TAGS = {
    *("a", "abbr", "b", "blockquote", "br", "caption", "cite", "code", "dd", "del", "details"),
    *("dfn", "div", "dl", "dt", "em", "figcaption", "figure", "h2", "h3", "h4", "h5", "h6", "hr"),
    *("i", "ins", "kbd", "li", "mark", "ol", "p", "pre", "q", "s", "samp", "small", "span"),
    *("strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "time"),
    *("tr", "u", "ul", "var"),
}
_ATTRIBUTES = {
    "a": {"href", "title"},
    "abbr": {"title"},
    "ol": {"start"},
    "td": {"colspan", "rowspan", "data-align"},
    "th": {"colspan", "rowspan", "data-align"},
    **{heading: {"id"} for heading in ("h2", "h3", "h4", "h5", "h6")},
}
_CLASSES = {"span": {"task-done", "task-open"}, "a": {"picture"}, "pre": {"guard"}}
_TASK = re.compile(r"\[([ xX])\]\s+")
_OPENED = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
# They have no end, or need none: they do not nest by themselves.
_FLAT = frozenset(
    {
        *("br", "hr", "img", "input", "meta", "link", "wbr", "col", "source", "area"),
        *("p", "li", "dt", "dd", "tr", "td", "th", "tbody", "thead", "tfoot"),
    }
)
_HEADING = re.compile(r'<h([23]) id="([^"]*)">(.*?)</h[23]>', re.DOTALL)
_ANY_TAG = re.compile(r"<[^>]*>")
_REPORT = re.compile(r"(?:.*/)?([^/?#]+\.(?:md|mdx|markdown|txt|html?|rst))(?:#.*)?", re.IGNORECASE)


def _picture(
    _self: RendererProtocol,
    tokens: Sequence[Token],
    place: int,
    _options: OptionsDict,
    _env: EnvType,
) -> str:
    """A link in place of a picture, which would be a request to its host."""
    token = tokens[place]
    label = escapeHtml(token.content or WORDS["picture"])
    source = escapeHtml(str(token.attrs.get("src", "")))
    return f'<a class="picture" href="{source}">{label}</a>'


def _code(
    _self: RendererProtocol,
    tokens: Sequence[Token],
    place: int,
    _options: OptionsDict,
    _env: EnvType,
) -> str:
    """A block of code; one that is a guard is told apart."""
    token = tokens[place]
    guard = ' class="guard"' if "guard" in token.info.split() else ""
    return f"<pre{guard}><code>{escapeHtml(token.content)}</code></pre>\n"


def _markdown() -> MarkdownIt:
    made = MarkdownIt("commonmark", {"html": True, "maxNesting": 40})
    made.enable(["table", "strikethrough"])
    made.add_render_rule("image", _picture)
    made.add_render_rule("fence", _code)
    made.add_render_rule("code_block", _code)
    return made


_MARKDOWN = _markdown()


def as_html(text: str, link: Callable[[str], str | None]) -> str:
    """The Markdown `text` as HTML for the inside of a page whose own heading is an h1.

    `link` turns the file name of another report into the address of its page, or None when there
    is none for this audience; all other relative links lead nowhere and are left as words.
    """
    if len(text) > LONGEST:
        return _as_written(text)
    tokens = _MARKDOWN.parse(text)
    _shift_headings(tokens)
    _mark_tasks(tokens)
    html: str = _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {})
    if _depth(html) > DEEPEST:
        return _as_written(text)

    def relative(url: str) -> str | None:
        if url.startswith("#"):
            return f"#text-{url[1:]}"
        named = _REPORT.fullmatch(unquote(url))
        return link(named[1]) if named else None

    return _finished(
        nh3.clean(
            html,
            tags=_TAGS,
            attributes=_ATTRIBUTES,
            allowed_classes=_CLASSES,
            clean_content_tags={"script", "style", "template", "iframe", "noscript", "svg", "math"},
            url_schemes={"http", "https", "mailto"},
            url_relative=relative,
            link_rel="noopener noreferrer nofollow",
            id_prefix="text-",
        )
    )


def _as_written(text: str) -> str:
    return f'<pre tabindex="0"><code>{escapeHtml(text)}</code></pre>'


def _finished(clean: str) -> str:
    """What may be wider than the page scrolls by itself, also for those who use a keyboard.

    In sanitised HTML a `<` is always the start of a tag, so tags can be replaced as text.
    """
    scroll = f'<div class="scroll" tabindex="0" role="region" aria-label="{WORDS["table"]}">'
    done, todo = WORDS["done"], WORDS["open"]
    return (
        clean.replace("<pre", '<pre tabindex="0"')
        .replace("<table>", f"{scroll}<table>")
        .replace("</table>", "</table></div>")
        .replace('class="task-done"', f'class="task-done" role="img" aria-label="{done}"')
        .replace('class="task-open"', f'class="task-open" role="img" aria-label="{todo}"')
        .replace(' data-align="', ' class="align-')
    )


def _shift_headings(tokens: Sequence[Token]) -> None:
    """The highest heading becomes an h2, each heading gets an anchor."""
    opened = [token for token in tokens if token.type == "heading_open"]
    shift = 2 - min((int(token.tag[1]) for token in opened), default=2)
    seen: dict[str, int] = {}
    for token, inside in pairwise(tokens):
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(6, int(token.tag[1]) + shift)}"
        if token.type == "heading_open":
            anchor = re.sub(r"[^\w]+", "-", inside.content.lower()).strip("-")[:60] or "-"
            seen[anchor] = seen.get(anchor, 0) + 1
            token.attrSet("id", anchor if seen[anchor] == 1 else f"{anchor}-{seen[anchor]}")
    if tokens and tokens[-1].type == "heading_close":
        tokens[-1].tag = f"h{min(6, int(tokens[-1].tag[1]) + shift)}"


def _mark_tasks(tokens: Sequence[Token]) -> None:
    """`[ ]` and `[x]` at the start of an item become marks; cells keep their alignment."""
    for token in tokens:
        if token.type in {"td_open", "th_open"}:
            style = str(token.attrs.pop("style", ""))
            if style:
                token.attrSet("data-align", style.rpartition(":")[2])
    for item, _, inline in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if item.type != "list_item_open" or inline.type != "inline" or not inline.children:
            continue
        first = inline.children[0]
        task = _TASK.match(first.content) if first.type == "text" else None
        if task:
            first.content = first.content[task.end() :]
            state = "open" if task[1] == " " else "done"
            mark = Token("html_inline", "", 0, content=f'<span class="task-{state}"></span> ')
            inline.children.insert(0, mark)


def _depth(html: str) -> int:
    """How many elements stand within each other at most, as a plain count of tags."""
    depth = deepest = 0
    for closes, name in _OPENED.findall(html):
        if name.lower() in _FLAT:
            continue
        depth = max(0, depth + (-1 if closes else 1))
        deepest = max(deepest, depth)
    return deepest


def contents(html: str) -> Iterator[tuple[str, str, int]]:
    """Anchor, words and level of the headings h2 and h3 in sanitised HTML."""
    for level, anchor, inside in _HEADING.findall(html):
        words = unescape(_ANY_TAG.sub("", inside)).strip()
        if words:
            yield anchor, words, int(level)
