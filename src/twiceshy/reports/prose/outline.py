"""Under which section and heading a text stands, as one reads down its headings."""

from __future__ import annotations

import re
from dataclasses import dataclass

from twiceshy.reports.headings import (
    ACTION_ITEMS,
    DETECTION,
    IMPACT,
    RESOLUTION,
    ROOT_CAUSES,
    SUMMARY,
    TIMELINE,
    TRIGGER,
    canonical_name,
)
from twiceshy.reports.prose.sections import near_name, section_of

LABEL = 7
_ITEM_LABEL = 8
# What stands below one of these headings is its content, whatever it is called: a timeline has
# phases, and measures are sorted by what they are for.
_OWN = {
    TIMELINE: {DETECTION, IMPACT, RESOLUTION, ROOT_CAUSES, SUMMARY, TRIGGER},
    ACTION_ITEMS: {DETECTION, IMPACT, RESOLUTION, ROOT_CAUSES, SUMMARY, TRIGGER},
}


_ONLY_A_TIME = re.compile(
    r"(?:\W|\d|(?:day|tag|día|dia|jour|giorno|am|pm|utc|gmt|est|pst|cet|de|of|on"
    r"|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mon|tue|wed|thu|fri|sat|sun|th|st|nd|rd"
    r"|january|february|march|april|june|july|august|september|october|november|december"
    r"|monday|tuesday|wednesday|thursday|friday|saturday|sunday"
    r"|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre"
    r"|janeiro|fevereiro|março|maio|junho|julho|setembro|outubro|novembro|dezembro)(?![^\W\d]))+",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Open:
    level: float
    section: str
    text: str


class Outline:
    """The headings that are open at the place where one reads."""

    def __init__(self) -> None:
        self._open: list[_Open] = []
        self._titled = False  # the first heading is a title, whatever words are in it

    @property
    def section(self) -> str:
        """The canonical name of the innermost section that has one."""
        return self._open[-1].section if self._open else ""

    @property
    def under(self) -> str:
        """The text of the innermost heading."""
        return self._open[-1].text if self._open else ""

    def heading(self, level: float, text: str) -> None:
        """A heading of its own line begins."""
        before = self.section
        self._close(level)
        name = canonical_name(text) or near_name(text)
        around = self._open[-1] if self._open else None
        if before == TIMELINE and not name and _ONLY_A_TIME.fullmatch(text):
            name = TIMELINE
        elif around is None or not around.section:
            name = name or (section_of(text) if self._titled else "")
        elif not name or name in _OWN.get(around.section, ()):
            name = around.section
        self._titled = True
        self._open.append(_Open(level, name, text))

    def opens(self, name: str, depth: int | None) -> bool:
        """Whether a label before a text, of that name, begins a section here.

        `depth` is that of the list item that the label opens, None in a paragraph.
        """
        level = LABEL if depth is None else _ITEM_LABEL + depth
        around = next((entry for entry in reversed(self._open) if entry.level < level), None)
        if around is None or around.section not in _OWN:
            return True
        return name != around.section and name not in _OWN[around.section]

    def label(self, text: str, name: str, depth: int | None) -> None:
        """A label before a text begins a section."""
        level = LABEL if depth is None else _ITEM_LABEL + depth
        self._close(level)
        self._open.append(_Open(level, name, text))

    def item(self, depth: int) -> None:
        """A list item begins: what labels of its neighbours opened ends."""
        self._close(_ITEM_LABEL + depth)

    def outside(self) -> None:
        """Text outside of any list begins."""
        self._close(_ITEM_LABEL)

    def _close(self, level: float) -> None:
        while self._open and self._open[-1].level >= level:
            self._open.pop()
