"""What each audience may read of a report: its editions.

A report says who may read it with `visibility` and `hide`, and what in it is not for all:

- `<!-- internal -->` ... `<!-- /internal -->` around any part of the text; `restricted` likewise.
  Comments are inert wherever Markdown is read.
- front matter lists `internal` and `restricted`: names of keys, headings of sections, or words,
  which are blackened wherever they stand.

Whatever is unclear is hidden: a value or key that is misspelt, front matter that cannot be read,
a mark that is never closed. All that is derived for an audience is read from its edition, so that
nothing else can reach it.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from twiceshy.library.audience import Audience
from twiceshy.library.words import fold, folded_with_places
from twiceshy.reports import parse_report
from twiceshy.reports.comments import without_comments
from twiceshy.reports.front_matter import KEYS, read_top
from twiceshy.reports.headings import NAMES
from twiceshy.reports.misspelling import meant
from twiceshy.reports.prose.parse import parse_document

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from twiceshy.model.report import Section
    from twiceshy.reports.front_matter import Top

BLACK = "\u2588" * 5
"""Stands for what was taken out, whatever its length."""

_MARK = re.compile(
    r"<!--[\s-]*(?:(?P<close>/)\s*)?(?P<name>internal|restricted)[\s-]*-->", re.IGNORECASE
)
_UNSEEN = "[*\\\\\u00ad\u200b-\u200d\u2060\ufeff]*"
"""Signs that may stand within a word and are not seen on a page."""
_BETWEEN = (
    r"(?:[\s*_~`>|./\\\-\u00ad\u200b-\u200d\u2060\ufeff]|&nbsp;|&#160;|%20"
    r"|<[^<>\n]{1,200}>|\]\([^()\s]{0,500}\))+"
)
"""What may stand between the words of a name: blanks, markup, what links put for a blank."""
_BLANKS = re.compile(r"\s+")
_MARKED = (Audience.INTERNAL, Audience.RESTRICTED)
_GUARDING = ("visibility", "hide", "internal", "restricted")
_OURS_ALONE = frozenset({"internal", "restricted", "lint"})
"""Keys that speak about the report, not about the incident."""


@dataclass(frozen=True, slots=True)
class Edition:
    """The text for the audiences from `low` to `high`, and the path as they may see it."""

    low: Audience
    high: Audience
    text: str
    path: Path
    redacted: bool
    top: Top | None = None
    """The front matter of the whole report, where this is the whole report."""


def editions(text: str, path: Path) -> tuple[Edition, ...]:
    """Every edition of a report, that of the lowest audience first; the last one is whole."""
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    top = read_top(lines, path)
    whole = Edition(Audience.RESTRICTED, Audience.RESTRICTED, text, path, redacted=False, top=top)
    found = [whole]
    lowest = visibility_of(top).level
    for audience in (Audience.INTERNAL, Audience.PUBLIC):
        if audience.level < lowest:
            break
        next_one = _edition(lines, top, audience, whole)
        above = found[0]
        if (next_one.text, next_one.path) == (above.text, above.path):
            found[0] = replace(above, low=audience)
        else:
            found.insert(0, next_one)
    return tuple(found)


def redacted(text: str, path: Path, audience: Audience) -> Edition | None:
    """The edition for one audience; None when it may not see the report at all."""
    fitting = (one for one in editions(text, path) if one.low.level <= audience.level)
    return next((one for one in fitting if audience.level <= one.high.level), None)


def visibility_of(top: Top) -> Audience:
    """The lowest audience that may see the report; `internal` where nothing is said.

    `hide = true` counts as restricted, and so does whatever cannot be understood.
    """
    table = top.table
    unclear = bool(top.problems) and not table
    misspelt = any(_is_misspelt(str(key)) for key in table)
    unclear = unclear or any(isinstance(item, dict) for item in _items(table))
    hidden = table.get("hide") not in (None, False) or table.get("restricted") is True
    stated = table.get("visibility")
    if unclear or misspelt or hidden or stated not in (None, *Audience):
        return Audience.RESTRICTED
    if stated is None or (stated == Audience.PUBLIC and table.get("internal") is True):
        return Audience.INTERNAL
    return Audience(stated)


@lru_cache(maxsize=1000)
def _is_misspelt(key: str) -> bool:
    """Whether a key was probably meant to say who may read. Keys repeat, from report to report."""
    return key not in _GUARDING and meant(key, _GUARDING) is not None


def _edition(lines: list[str], top: Top, audience: Audience, whole: Edition) -> Edition:
    """The report as `audience` may see it; the very text where nothing has to go."""
    keys, names = _listed(top, audience)
    cut = body = "\n".join(lines[top.height :])
    if names:
        sections = _sections(body, whole.path)
        cut = _without_labelled(_without_sections(body, names, sections), names)
    cut = _without_marked(cut, audience)
    if audience is Audience.PUBLIC:
        cut = without_comments(cut)
    black = _blackener(name for name in names if name not in keys and name not in NAMES)
    cut = black(cut)

    def shown(text: str) -> str:
        return black(_without_marked(text, audience))

    path = Path(black(str(whole.path))) if names else whole.path
    plain = {key: _plain(value, shown) for key, value in top.table.items()}
    same = cut == body and path == whole.path and plain == top.table
    if same and not (keys or _OURS_ALONE & top.table.keys()):
        return Edition(audience, audience, whole.text, path, redacted=False)
    table = {
        shown(key): value
        for key, value in plain.items()
        if key not in keys and key not in _OURS_ALONE
    }
    return Edition(audience, audience, _with_top(table, cut), path, redacted=True)


def _sections(body: str, path: Path) -> list[Section]:
    """Those with a heading, but not a title above all others."""
    found = [one for one in parse_report(body, path).sections if one.level]
    is_title = len(found) > 1 and all(found[0].level < one.level for one in found[1:])
    return found[1:] if is_title and not found[0].name else found


def _with_top(table: dict[str, Any], body: str) -> str:
    if not table:
        return body
    top = yaml.safe_dump(table, allow_unicode=True, sort_keys=False, width=10_000)
    return f"---\n{top}---\n{body}"


def _plain(value: Any, black: Callable[[str], str]) -> Any:
    """A value of the front matter, its texts blackened."""
    if isinstance(value, dict):
        return {black(str(key)): _plain(item, black) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item, black) for item in value]
    if value is None or isinstance(value, bool | int | float | datetime.date | datetime.time):
        # A number may be what has to go, too.
        return value if isinstance(value, bool) or black(str(value)) == str(value) else BLACK
    return black(str(value))


def _items(table: dict[str, Any]) -> list[Any]:
    """All that is listed as not for everybody."""
    values = [table.get(mark.value) for mark in _MARKED]
    return [item for value in values for item in (value if isinstance(value, list) else [value])]


def listed(table: dict[str, Any], name: str) -> tuple[str, ...]:
    """The names in the front matter list `name`."""
    value = table.get(name)
    items = value if isinstance(value, list) else [value]
    return tuple(
        str(item) for item in items if item not in (None, True, False) and str(item).strip()
    )


def _listed(top: Top, audience: Audience) -> tuple[set[str], list[str]]:
    """Keys that `audience` may not see, and everything that was listed."""
    names = [
        name
        for mark in _MARKED
        if mark.level > audience.level
        for name in listed(top.table, mark.value)
    ]
    return {name for name in names if name in KEYS or name in top.table}, names


def _without_marked(text: str, audience: Audience) -> str:
    """`text` with a black bar for what stands between marks; an open mark reaches to the end."""
    kept: list[str] = []
    opened = dict.fromkeys((mark.value for mark in _MARKED if mark.level > audience.level), 0)
    place = 0
    for mark in _MARK.finditer(text):
        name = mark["name"].lower()
        if name not in opened:
            continue
        inside = any(opened.values())
        opened[name] = max(0, opened[name] - 1) if mark["close"] else opened[name] + 1
        if not inside:
            kept.append(text[place : mark.start()])
            kept += [BLACK] if any(opened.values()) else []
        place = mark.end()
    if not any(opened.values()):
        kept.append(text[place:])
    return "".join(kept)


def _without_sections(body: str, names: Iterable[str], sections: Sequence[Section]) -> str:
    """`body` without the sections whose headings were listed, and all that stands below them."""
    wanted = {fold(name) for name in names}
    lines = body.split("\n")
    stretches: list[tuple[int, int]] = []
    for place, section in enumerate(sections):
        first = section.line - 1
        inside = bool(stretches) and first < stretches[-1][1]
        if inside or not _bears(section, wanted):
            continue
        after = (other for other in sections[place + 1 :] if other.level <= section.level)
        stretches.append((first, next((other.line - 1 for other in after), len(lines))))
    for first, end in reversed(stretches):
        lines[first:end] = [BLACK, ""]
    return "\n".join(lines)


def _without_labelled(text: str, names: Iterable[str]) -> str:
    """`text` without parts that a label in bold, or the like, makes one of the listed sections."""
    wanted = {fold(name) for name in names}
    spans = [
        block.span
        for document in parse_document(text, "-")
        for block in document.blocks
        if block.section in wanted or fold(block.under) in wanted
    ]
    pieces: list[str] = []
    done = 0
    for span in spans:
        between = text[done : span.start]
        if between.strip() or not pieces:
            pieces += [between, BLACK]
        done = max(done, span.end)
    return "".join([*pieces, text[done:]])


def _bears(section: Section, folded: Collection[str]) -> bool:
    """Whether one of these is the section's heading or canonical name."""
    return fold(section.heading) in folded or section.name in folded


def _blackener(names: Iterable[str]) -> Callable[[str], str]:
    """Blackens every one of `names`, however its case, accents and blanks are written."""
    folded = sorted({_BLANKS.sub(" ", fold(name)).strip() for name in names} - {""}, key=len)
    if not folded:
        return lambda text: text
    choices = (
        _BETWEEN.join(_UNSEEN.join(map(re.escape, word)) for word in name.split(" "))
        for name in reversed(folded)
    )
    pattern = re.compile("|".join(choices))

    def black(text: str) -> str:
        seen, places = folded_with_places(text)
        pieces: list[str] = []
        done = 0
        for found in pattern.finditer(seen):
            pieces += [text[done : places[found.start()]], BLACK]
            done = places[found.end()]
        return "".join([*pieces, text[done:]]) if pieces else text

    return black
