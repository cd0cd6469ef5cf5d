"""Which format a text has: by its name, and by its look where the name does not tell."""

from __future__ import annotations

import re
from enum import Enum
from pathlib import PurePath


class Format(Enum):
    """Formats that are read. Plain text is read as Markdown, which it mostly is."""

    MARKDOWN = "markdown"
    MDX = "mdx"
    TEXT = "text"
    HTML = "html"
    RESTRUCTURED = "restructuredtext"


BY_SUFFIX = {
    ".md": Format.MARKDOWN,
    ".markdown": Format.MARKDOWN,
    ".mdown": Format.MARKDOWN,
    ".mkd": Format.MARKDOWN,
    ".mdx": Format.MDX,
    ".txt": Format.TEXT,
    ".text": Format.TEXT,
    ".html": Format.HTML,
    ".htm": Format.HTML,
    ".xhtml": Format.HTML,
    ".rst": Format.RESTRUCTURED,
    ".rest": Format.RESTRUCTURED,
}
_LOOK = 4_000
_HTML = re.compile(
    r"\s*(?:<\?xml[^<>]{0,200}>\s*)?<(?:!doctype\s|html\b|head\b|body\b)", re.IGNORECASE
)
_ATX = re.compile(r"^#{1,6}\s+\S", re.MULTILINE)
_DIRECTIVE = re.compile(r"^\.\. [\w-]+::|^:[A-Z][\w ]{1,30}:\s", re.MULTILINE)
_UNDERLINED = re.compile(r"^\S[^\n]{2,80}\n([=~^\"'*+-])\1{3,}[ \t]*$", re.MULTILINE)


def format_of(text: str, name: str, begin: int = 0) -> Format:
    """The format of a text that begins, after its front matter, at `begin`."""
    given = BY_SUFFIX.get(PurePath(name).suffix.lower())
    if given not in (None, Format.TEXT):
        return given
    top = text[begin : begin + _LOOK].lstrip("\ufeff").replace("\r\n", "\n")
    if _HTML.match(top):
        return Format.HTML
    if not _ATX.search(top) and _DIRECTIVE.search(top) and _UNDERLINED.search(top):
        return Format.RESTRUCTURED
    return given or Format.MARKDOWN
