"""What a reader sees of a line's markup: its words, and which of them are emphasised."""

from __future__ import annotations

import html
import re

from twiceshy.reports.prose.lines import FILLER

# Lengths are bounded everywhere, so that no text makes this slower than its length.
_MARKED = re.compile(rf"[*_`~\[<&\\{FILLER}\t]")
_TOKEN = re.compile(
    r"""
      \\(?P<escaped>[!-/:-@\[-`{-~])
    | (?P<ticks>`{1,4})(?P<code>[^\n]{1,500}?)(?P=ticks)(?!`)(?:__?)?
    | !\[[^\[\]]{0,300}\]\ ?\([^()\n]{0,800}(?:\([^()\n]{0,200}\)[^()\n]{0,400})?\)
    | \[(?P<link>(?:[^\[\]]|\[[^\[\]\n]{0,100}\]){1,400})\]
      \([^()\n]{0,800}(?:\([^()\n]{0,200}\)[^()\n]{0,400})?\)
    | \[(?P<reference>[^\[\]\n]{1,200})\]\[[^\[\]\n]{0,100}\]
    | \[\^[^\]\s]{1,40}\]
    | <(?P<address>(?:https?://|mailto:)[^<>\s]{1,800}|[^<>\s@]{1,100}@[^<>\s]{1,100})>
    | (?P<entity>&(?:\#\d{1,7}|\#[xX][\da-fA-F]{1,6}|[A-Za-z]\w{1,30});)
    | (?<!\w)_{1,3}(?=\S) | (?<=\S)_{1,3}(?!\w)
    | \*{1,3}(?=\S) | (?<=\S)\*{1,3}
    | ~~
    | (?P<space>[ \t]{2,}|\t)
    """,
    re.VERBOSE,
)
# `:rocket:` is a picture; ticks tell that something is done, and stay.
_SHORTCODE = re.compile(
    r":(?<![\w:/]:)(?!white_check_mark:|heavy_check_mark:|ballot_box)[a-z][a-z0-9_]{2,40}:(?!:)"
)
_STRONG = re.compile(r"(\*\*|__)[ \t]*(?=[^\s*])([^\n]{1,300}?)[ \t]*\1")


def plain(markup: str) -> str:
    """The words that a reader sees: no emphasis, link targets, pictures; entities decoded."""
    if ":" in markup:
        markup = _SHORTCODE.sub("", markup)
    if "  " not in markup and not _MARKED.search(markup):
        return markup
    if FILLER in markup:
        markup = markup.replace(FILLER, "")
    return _TOKEN.sub(_seen, markup)


def emphasised(markup: str) -> tuple[str, ...]:
    """The parts in strong emphasis, as a reader sees them."""
    if "**" not in markup and "__" not in markup:
        return ()
    parts = (plain(match[2]).strip() for match in _STRONG.finditer(markup))
    return tuple(part for part in parts if part)


def _seen(match: re.Match[str]) -> str:
    kind = match.lastgroup
    if kind is None:
        return ""
    if kind in ("link", "reference"):
        return plain(match[kind])
    if kind == "entity":
        return html.unescape(match[kind])
    if kind == "space":
        return " "
    return match[kind]
