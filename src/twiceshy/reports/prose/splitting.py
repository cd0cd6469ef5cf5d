"""Where one incident ends and the next begins, in a file that tells of several."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twiceshy.reports.headings import (
    ACTION_ITEMS,
    IMPACT,
    RESOLUTION,
    ROOT_CAUSES,
    SUMMARY,
    TIMELINE,
    canonical_name,
)
from twiceshy.reports.prose.document import Form

if TYPE_CHECKING:
    from collections.abc import Sequence

    from twiceshy.reports.prose.document import Block

_CORE = frozenset({SUMMARY, IMPACT, TIMELINE, ROOT_CAUSES, RESOLUTION, ACTION_ITEMS})
_TELLING = frozenset({TIMELINE, ROOT_CAUSES})
_LEAST = 2
_DEEPEST = 4


def beginnings(blocks: Sequence[Block]) -> list[int]:
    """The indexes of the blocks with which an incident begins; empty for a single incident.

    Several headings of one level that each have the same sections below them are several
    incidents. So is a row of sections that begins anew where no heading stands above them.
    """
    headings = [
        (index, block)
        for index, block in enumerate(blocks)
        if block.form is Form.HEADING and (canonical_name(block.text) or block.level <= _DEEPEST)
    ]
    for level in range(1, _DEEPEST + 1):
        found = _titled(headings, level)
        if len(found) > 1:
            return found
    return _repeated(headings)


def _titled(headings: Sequence[tuple[int, Block]], level: int) -> list[int]:
    """Headings of a level without a section of their own, each above sections that recur."""
    starts: list[int] = []
    below: list[set[str]] = []
    for index, block in headings:
        name = canonical_name(block.text)
        if block.level <= level:
            if block.level == level and not name:
                starts.append(index)
                below.append(set())
            elif block.level < level or name:
                below.append(set())  # what follows belongs to no incident of this level
                starts.append(-1)
        elif below and name in _CORE:
            below[-1].add(name)
    parts = [
        (start, names) for start, names in zip(starts, below, strict=True) if start >= 0 and names
    ]
    several = [(start, names) for start, names in parts if len(names) >= _LEAST]
    if len(several) < 2 or not _alike([names for _, names in several]):
        return []
    return [start for start, _ in several]


def _alike(parts: Sequence[set[str]]) -> bool:
    """Whether the parts have sections in common, and what only an incident has among them."""
    common = set.intersection(*parts[:2])
    return len(common) >= _LEAST and any(part & _TELLING for part in parts)


def _repeated(headings: Sequence[tuple[int, Block]]) -> list[int]:
    """The places at which a row of sections begins anew on the same level."""
    named = [
        (index, block, name)
        for index, block in headings
        if block.level <= _DEEPEST and (name := canonical_name(block.text)) in _CORE
    ]
    if not named:
        return []
    _, first, opening = named[0]
    starts = [
        index for index, block, name in named if (name, block.level) == (opening, first.level)
    ]
    if len(starts) < 2:
        return []
    parts: list[set[str]] = []
    for index, block, name in named:
        if index in starts:
            parts.append(set())
        if block.level == first.level:
            parts[-1].add(name)
    if any(len(part) < 3 for part in parts) or not _alike(parts):
        return []
    return [_title_before(headings, start) for start in starts]


def _title_before(headings: Sequence[tuple[int, Block]], start: int) -> int:
    """The heading directly above the first section, where it is a title."""
    before = [(index, block) for index, block in headings if index < start]
    if before and before[-1][0] == start - 1 and not canonical_name(before[-1][1].text):
        return before[-1][0]
    return start
