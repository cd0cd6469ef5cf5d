"""The parts of a text that stand under one heading, and whether they are a place for tasks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from twiceshy.reports.headings import ACTION_ITEMS, DETECTION, IMPACT, RESOLUTION, TIMELINE
from twiceshy.reports.prose.document import Form
from twiceshy.reports.prose.sections import section_of
from twiceshy.reports.prose.statements import outlined
from twiceshy.reports.prose.task_words import begins_as_task
from twiceshy.reports.prose.wording import plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twiceshy.reports.prose.document import Block, Document

# Headings under which a list is no plan, though it may stand inside one.
_ASIDE = re.compile(
    r" (?:option \w|options|alternativ\w*|stakeholder\w*|communications?|approvals?|questions?|"
    r"references?|referenc\w+|links?|notes|verification|considered|rejected|material|checklist for|"
    r"opciones|opcoes|optionen|preguntas|perguntas|fragen|domande|参考|備考) "
)
_PLAN = re.compile(
    r" what (?:\w+ ){1,4}(?:do|doing|done|change|changing|changed) | steps (?:we|taken) "
    r"| (?:lo que|que) (?:vamos|estamos|haremos) | o que (?:vamos|estamos|faremos) "
    r"| ce que nous (?:faisons|allons|ferons) | was wir (?:\w+ ){0,3}(?:tun|andern) "
)
_NAME = 5
"""Words up to which a list item may be the name of what follows."""
_COLON = re.compile(r"[:：]\s*$")


@dataclass(frozen=True, slots=True)
class Group:
    """What stands under one heading: the blocks, and whether that is a place for tasks."""

    headings: tuple[str, ...]
    blocks: tuple[Block, ...]
    planned: bool
    heading: Block | None
    """The heading itself, where it has none of the names of sections."""
    label: Block | None = None
    """The list item that names the deeper ones, which are the blocks."""


def groups(document: Document) -> Iterator[Group]:
    """The text by headings; list items that only name what follows count as headings."""
    gathered: list[Block] = []
    current: tuple[str, ...] = ()
    heading: Block | None = None
    label: Block | None = None
    blocks = list(outlined(document))
    for n, (block, headings) in enumerate(blocks):
        if block.form is Form.HEADING:
            yield from _group(current, gathered, heading, label)
            gathered, current = [], (*headings, block.text)
            heading, label = block, None
            continue
        if label is not None and _ends(label, block):
            yield from _group(current, gathered, None, label)
            gathered, current, label = [], headings, None
        below = blocks[n + 1][0] if n + 1 < len(blocks) else None
        if label is None and _is_label(block, below, document.language):
            yield from _group(current, gathered, heading, None)
            gathered, current = [], (*headings, block.text)
            heading, label = None, block
            continue
        gathered.append(block)
    yield from _group(current, gathered, heading, label)


def _group(
    headings: tuple[str, ...], blocks: list[Block], heading: Block | None, label: Block | None
) -> Iterator[Group]:
    if blocks or heading is not None:
        section = blocks[0].section if blocks else heading.section if heading else ""
        planned = _is_plan(headings, section, heading)
        if label is not None and section == RESOLUTION and len(label.text.split()) > _NAME:
            planned = False  # a sentence of what was done, whatever words are in it
        yield Group(headings, tuple(blocks), planned, heading, label)


def _ends(label: Block, block: Block) -> bool:
    """Whether what a list item names ends before a block."""
    if block.form is not Form.ITEM or block.level < label.level:
        return True
    # `1. Testing:` may be followed by dashes that stand no further right.
    return block.level == label.level and bool(block.number or not label.number)


def _is_plan(headings: tuple[str, ...], section: str, heading: Block | None) -> bool:
    """Whether a place is one for tasks: its section, or its own heading, says so."""
    if is_aside(headings[1:] or headings):
        return False
    if section == ACTION_ITEMS:
        return True
    if section in (TIMELINE, IMPACT, DETECTION):
        return False
    if not headings or (heading is not None and heading.level == 1):
        return False
    return section_of(headings[-1]) == ACTION_ITEMS or _plans(headings[-1])


def _is_label(block: Block, below: Block | None, language: str) -> bool:
    """Whether a list item only names the deeper ones below it."""
    if block.form is not Form.ITEM or below is None or below.form is not Form.ITEM:
        return False
    text = block.text.strip()
    colon = _COLON.search(text) is not None
    if (
        block.checked is not None
        or _ends(block, below)
        or (below.level == block.level and not colon)
    ):
        return False
    if colon:
        return not begins_as_task(text, language) or len(text.split()) <= 3
    whole = bool(block.bold) and len(block.bold[0]) >= len(text) - 2
    words = len(text.split())
    return words == 1 or (words <= (6 if whole else 2) and not begins_as_task(text, language))


def is_aside(headings: tuple[str, ...]) -> bool:
    """Whether one of these headings is for lists that are no plan: options, approvals, links."""
    return any(_is_aside(text) for text in headings)


@lru_cache(maxsize=4096)
def _plans(heading: str) -> bool:
    return _PLAN.search(plain(heading)) is not None


@lru_cache(maxsize=4096)
def _is_aside(heading: str) -> bool:
    return _ASIDE.search(plain(heading)) is not None
