"""A text of the same length in which everything that no reader sees is blank.

Places in it are places in the original. HTML becomes the Markdown that looks alike: a heading
gets its `#`, a list item its `-`, a cell its `|`, so that one scanner reads both.
"""

from __future__ import annotations

import re

from twiceshy.reports.prose.lines import FILLER

_UNSEEN = re.compile(
    r"<!--.*?(?:-->|\Z)|<![a-z][^<>]{0,300}>|<\?xml[^<>]{0,200}>"
    r"|<(?P<raw>script|style|template|svg|noscript)\b[^<>]{0,500}>.*?(?:</(?P=raw)\s{0,9}>|\Z)"
    r"|\{\{[<%].{0,500}?[>%]\}\}|\{/\*.*?(?:\*/\}|\Z)",
    re.DOTALL | re.IGNORECASE,
)
_INLINE = (
    "a abbr acronym bdi cite del em font i img input ins kbd label mark picture q s samp "
    "small source span sub sup time tt u var wbr code math link meta base"
)
_BLOCKS = (
    "address article aside blockquote body caption center dd details dir div dl dt "
    "fieldset figcaption figure footer form head header hr html main nav ol p section summary "
    "tbody tfoot thead ul video iframe br colgroup col button"
)
_TAG = re.compile(
    r"<(?P<end>/?)(?P<name>h[1-6]|title|li|table|tr|td|th|b|strong|pre|"
    + "|".join((_INLINE + " " + _BLOCKS).split())
    + r""")(?=[\s/>])(?:[^<>"']|"[^"]{0,2000}"|'[^']{0,2000}'){0,400}>""",
    re.IGNORECASE,
)
_COMPONENT = re.compile(r"</?[A-Z][\w.]{0,60}(?:[^<>\"']|\"[^\"]{0,500}\"|'[^']{0,500}'){0,400}>")
_MODULE_LINE = re.compile(r"^(?:import|export)\s[^\n]{0,1000}", re.MULTILINE)
# Tags in code are shown to readers as they stand.
_CODE = re.compile(
    r"^[ \t]{0,6}(?P<fence>```+|~~~+)[^\n]*\n.*?(?:^[ \t]{0,6}(?P=fence)|\Z)"
    r"|(?<!`)(?P<ticks>`{1,2})(?!`)[^`\n]{1,400}(?P=ticks)(?!`)",
    re.DOTALL | re.MULTILINE,
)
_SHOWN = "\ufdd0"
"""Stands for `<` in code meanwhile; no text may hold this character."""
_NOT_LINE_BREAKS = re.compile(r"[^\n\r]")
_IS_BLOCK = frozenset(_BLOCKS.split())


def masked(text: str, *, is_mdx: bool = False) -> str:
    """The text with comments, scripts and tags blank or turned into Markdown."""
    if text.startswith("\ufeff"):
        text = " " + text[1:]
    if is_mdx:
        text = _MODULE_LINE.sub(_blank, text)
        text = _COMPONENT.sub(_blank, text)
    if "<" not in text and "{" not in text:
        return text
    if "`" in text or "~~~" in text:
        text = _CODE.sub(lambda match: match[0].replace("<", _SHOWN), text)
    text = _UNSEEN.sub(_blank, text)
    return _Tags(text).masked().replace(_SHOWN, "<")


def _blank(match: re.Match[str]) -> str:
    return _NOT_LINE_BREAKS.sub(" ", match[0])


class _Tags:
    """Turns tags into Markdown, from the first to the last."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.parts: list[str] = []
        self.breaks = "|" not in text
        self.in_line = ""
        self.header = False
        self.ended = False

    def masked(self) -> str:
        """The text without tags, as long as it was."""
        at = 0
        for match in _TAG.finditer(self.text):
            self._take(self.text[at : match.start()])
            instead = self._instead(match["name"].lower(), is_end=bool(match["end"]))
            empty = " " if "\n" in instead or match["name"].lower() in _IS_BLOCK else FILLER
            room = empty * (len(match[0]) - len(instead))
            begins = bool(match["end"]) or instead.startswith("\n")
            self.parts.append(instead + room if begins else room + instead)
            at = match.end()
        if not at:
            return self.text
        self._take(self.text[at:])
        return "".join(self.parts)

    def _take(self, text: str) -> None:
        """Text between tags; in a table row or a heading it stays on one line."""
        self.parts.append(text.replace("\n", " ").replace("\r", " ") if self.in_line else text)

    def _instead(self, name: str, *, is_end: bool) -> str:
        """The Markdown that stands for a tag, at most as long as the tag."""
        if name in ("b", "strong"):
            return "**"
        if name == "table":
            self.in_line = "" if is_end else name
            return "\n"
        if name in ("td", "th"):
            self.header = name == "th"
            return "" if is_end else "|"
        if name == "tr":
            return self._row(is_end=is_end)
        if name == "title" or (name[0] == "h" and name[1:].isdigit()):
            self.in_line = "" if is_end else name
            level = 1 if name == "title" else int(name[1])
            return "\n" if is_end else "\n" + "#" * min(level, 3)
        return "" if self.in_line else self._block(name, is_end=is_end)

    def _block(self, name: str, *, is_end: bool) -> str:
        """The Markdown for a tag outside of headings and tables."""
        if name == "pre":
            return "\n```\n"
        if name == "li":
            return "\n" if is_end else "\n- "
        return "\n" if name in _IS_BLOCK and (self.breaks or name != "br") else ""

    def _row(self, *, is_end: bool) -> str:
        """A row ends its line, so that the next begins one without a blank line between."""
        if not is_end:
            begins, self.ended = self.ended, False
            return "" if begins else "\n"
        self.ended = True
        if self.header:
            self.header = False
            return "|\n|-\n"
        return "|\n"
