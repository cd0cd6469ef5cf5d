"""Action items: what people want to do, or did, so that it does not happen again.

Where a text has a place for them, they are its list items, rows, headings and, where there is
nothing of these, its sentences. Elsewhere only what commits somebody counts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from twiceshy.model.postmortem import Span, Task
from twiceshy.reports.headings import (
    ACTION_ITEMS,
    DETECTION,
    IMPACT,
    ROOT_CAUSES,
    SUMMARY,
    TIMELINE,
    TRIGGER,
    WENT_WELL,
    WENT_WRONG,
)
from twiceshy.reports.prose.document import Form
from twiceshy.reports.prose.sections import section_of
from twiceshy.reports.prose.statements import lines_apart, outlined, place, sentences
from twiceshy.reports.prose.task_details import (
    due_in,
    iso,
    owner_in,
    priority_in,
    without_details,
)
from twiceshy.reports.prose.task_words import (
    begins_as_task,
    column_of,
    commits,
    is_no_task,
    says_done,
    ticked,
    was_taken,
    without_box,
)
from twiceshy.reports.prose.wording import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from twiceshy.reports.prose.document import Block, Document

# Headings under which a list is no plan, though it may stand inside one.
_ASIDE = re.compile(
    r" (?:option \w|options|alternativ\w*|stakeholder\w*|communications?|approvals?|questions?|"
    r"references?|referenc\w+|links?|notes|verification|considered|rejected|material|checklist for|"
    r"opciones|opcoes|optionen|preguntas|perguntas|fragen|domande|参考|備考) "
)
_TELLING = frozenset(
    {TIMELINE, IMPACT, ROOT_CAUSES, SUMMARY, TRIGGER, DETECTION, WENT_WELL, WENT_WRONG}
)
_PLAN = re.compile(
    r" what (?:\w+ ){1,4}(?:do|doing|done|change|changing|changed) | steps (?:we|taken) "
    r"| (?:lo que|que) (?:vamos|estamos|haremos) | o que (?:vamos|estamos|faremos) "
    r"| ce que nous (?:faisons|allons|ferons) | was wir (?:\w+ ){0,3}(?:tun|andern) "
)
_CATEGORY = re.compile(
    r"(?:short|mid|medium|long|near) term|immediate|technical|process|documentation|monitoring$|"
    r"investigation|improvement|tasks?\b|fixes|detection$|prevention|mitigation$|people|"
    r"corto plazo|largo plazo|inmediat|curto prazo|longo prazo|court terme|long terme|immediat|"
    r"kurzfristig|langfristig|sofort|breve termine|lungo termine|短期|長期|中期|恒久|暫定|"
    r"^ (?:\w+ ){1,2}$"
)
_COLON = re.compile(r"[:：]\s*$")
_STRUCK = re.compile(r"^\W*(?:~~|<(?:del|s|strike)>)")
_ADDRESS_ONLY = re.compile(r"^\W*(?:https?://\S+\s*)+$")
_QUESTION = re.compile(r"[^.!?。？]*[?？]\W*$")
_MENTION = re.compile(r"(?<![\w.])@[A-Za-z][\w.-]{0,60}")
_NAMED = re.compile(r"[^:：.]{3,60}[:：]\s*\S")
_LONG_TITLE = 12
_SHORT_LINE = 60


@dataclass(frozen=True, slots=True)
class _Group:
    """What stands under one heading: the blocks, and whether that is a place for tasks."""

    headings: tuple[str, ...]
    blocks: tuple[Block, ...]
    planned: bool
    heading: Block | None
    """The heading itself, where it has none of the names of sections."""


def tasks_of(document: Document) -> tuple[Task, ...]:
    """The action items of a report, in the order of its text."""
    groups = tuple(_groups(document))
    found = [task for group in groups if group.planned for task in _planned(document, group)]
    for group in groups:
        if not group.planned:
            found += _tables(document, group.blocks)
    if not found:
        found = [task for group in groups for task in _checked(document, group)]
    if not found:
        found = [task for group in groups for task in _promised(document, group)]
    return tuple(sorted(_unlike(found), key=lambda task: task.span.start if task.span else 0))


def _groups(document: Document) -> Iterator[_Group]:
    """The text by headings; list items that only name what follows count as headings."""
    gathered: list[Block] = []
    current: tuple[str, ...] = ()
    heading: Block | None = None
    depth_of_label, label = -1, ""
    blocks = list(outlined(document))
    for n, (block, headings) in enumerate(blocks):
        if block.form is Form.HEADING:
            yield from _group(current, gathered, heading)
            gathered, current = [], (*headings, block.text)
            heading, depth_of_label = block, -1
            continue
        below = blocks[n + 1][0] if n + 1 < len(blocks) else None
        if block.form is not Form.ITEM or block.level <= depth_of_label:
            if label and current and current[-1] == label:
                yield from _group(current, gathered, None)
                gathered, current = [], headings
            depth_of_label, label = -1, ""
        if depth_of_label < 0 and _is_label(block, below, document.language):
            yield from _group(current, gathered, heading)
            label, depth_of_label = block.text, block.level
            gathered, current, heading = [], (*headings, label), None
            continue
        gathered.append(block)
    yield from _group(current, gathered, heading)


def _group(
    headings: tuple[str, ...], blocks: list[Block], heading: Block | None
) -> Iterator[_Group]:
    if blocks or heading is not None:
        section = blocks[0].section if blocks else heading.section if heading else ""
        yield _Group(headings, tuple(blocks), _is_plan(headings, section, heading), heading)


def _is_plan(headings: tuple[str, ...], section: str, heading: Block | None) -> bool:
    """Whether a place is one for tasks: its section, or its own heading, says so."""
    if any(_ASIDE.search(plain(text)) for text in headings[1:] or headings):
        return False
    if section == ACTION_ITEMS:
        return True
    if section in (TIMELINE, IMPACT, DETECTION):
        return False
    if not headings or (heading is not None and heading.level == 1):
        return False
    return section_of(headings[-1]) == ACTION_ITEMS or bool(_PLAN.search(plain(headings[-1])))


def _is_label(block: Block, below: Block | None, language: str) -> bool:
    """Whether a list item only names the deeper ones below it."""
    if block.form is not Form.ITEM or below is None or below.form is not Form.ITEM:
        return False
    if below.level <= block.level or block.checked is not None:
        return False
    text = block.text.strip()
    if _COLON.search(text):
        return not begins_as_task(text, language) or len(text.split()) <= 3
    whole = bool(block.bold) and len(block.bold[0]) >= len(text) - 2
    return whole and len(text.split()) <= 6 and not begins_as_task(text, language)


def _planned(document: Document, group: _Group) -> Iterator[Task]:
    """The tasks of a place that is meant for them."""
    rows = [block for block in group.blocks if block.form is Form.ROW]
    items = [block for block in group.blocks if block.form is Form.ITEM]
    above = group.headings[-1] if group.headings else ""
    tabled = list(_tables(document, rows))
    yield from tabled
    listed = list(_items(document, items, above))
    yield from listed
    if tabled or listed or items:
        return
    written = [block for block in group.blocks if block.form is Form.PARAGRAPH]
    if group.heading is not None and _is_task_heading(group.heading, document.language):
        text = group.heading.text
        if written:
            text = f"{text.rstrip(' :：')}: {written[0].text}"
        yield _task(document, group.heading, text, above)
        return
    for block in written:
        yield from _sentences(document, block, above)


def _is_task_heading(heading: Block, language: str) -> bool:
    """Whether a heading is itself a task: one inside of the place for them, with an own wording."""
    if section_of(heading.text) or heading.section != ACTION_ITEMS:
        return False
    words = plain(heading.text)
    if _MENTION.search(heading.text):
        return True
    if len(words.split()) > _LONG_TITLE or is_no_task(words):
        return False
    stripped = re.sub(r"^\W*\d+\W+", "", heading.text)
    return begins_as_task(stripped, language) or not _CATEGORY.search(words)


def _items(document: Document, items: Sequence[Block], above: str) -> Iterator[Task]:
    """The tasks of a list: its outer items; deeper ones tell how."""
    outer, margin = 0, 0
    for n, block in enumerate(items):
        column = _column(document, block)
        if n == 0 or block.level < outer:
            outer, margin = block.level, column
        text = block.text.strip()
        if (block.level > outer and column > margin) or not _asks(text, block):
            continue
        yield _task(document, block, text, above)


def _column(document: Document, block: Block) -> int:
    """How far a block is indented in the original."""
    return block.span.start - document.original.rfind("\n", 0, block.span.start) - 1


def _asks(text: str, block: Block) -> bool:
    """Whether an item of a plan is a task, and not a question, a link or a remark."""
    if not text or _ADDRESS_ONLY.match(text):
        return False
    if block.checked is not None:
        return True
    if _QUESTION.match(text):
        return False
    return begins_as_task(text, "") or not is_no_task(plain(text))


def _tables(document: Document, blocks: Iterable[Block]) -> Iterator[Task]:
    """The rows of tables that have a column for tasks and another that tasks have."""
    known: dict[tuple[str, ...], dict[str, int]] = {}
    for block in blocks:
        if block.form is not Form.ROW or not block.columns:
            continue
        columns = known.get(block.columns)
        if columns is None:
            columns = known[block.columns] = _columns(block.columns)
        if "action" not in columns or len(columns) < 2:
            continue
        task = _row(document, block, columns)
        if task is not None:
            yield task


def _columns(headings: tuple[str, ...]) -> dict[str, int]:
    """Which column holds what; {} where it is no table of tasks."""
    columns: dict[str, int] = {}
    for n, heading in enumerate(headings):
        columns.setdefault(column_of(heading), n)
    columns.pop("", None)
    timed = "due" in columns and len(columns) == 2
    if timed and columns["due"] < columns.get("action", 0):
        return {}  # a date and what was done then: a timeline
    return columns


def _row(document: Document, block: Block, columns: dict[str, int]) -> Task | None:
    def cell(name: str) -> str:
        n = columns.get(name, len(block.cells))
        return " ".join(block.cells[n].split()) if n < len(block.cells) else ""

    text = cell("action")
    if not text or is_no_task(plain(text)):
        return None
    owner, due = cell("owner").lstrip("@").strip(" -–—"), cell("due").strip(" -–—")
    return Task(
        text=without_box(without_details(text)),
        owner=owner or owner_in(text),
        due=iso(due) if due else due_in(text),
        priority=cell("priority") or priority_in(text),
        done=says_done(cell("status")) or _struck(document, block) or ticked(text),
        span=block.span,
    )


def _sentences(document: Document, block: Block, above: str) -> Iterator[Task]:
    """The tasks of a paragraph: its lines where each is one, else the sentences that commit."""
    text = block.text
    listed = lines_apart(text)
    parts = text.split("\n") if listed else (text[start:end] for start, end in sentences(text))
    for part in parts:
        sentence, words = part.strip(), plain(part)
        if not sentence or _COLON.search(sentence) or is_no_task(words):
            continue
        named = listed and (len(sentence) < _SHORT_LINE or _NAMED.match(sentence) is not None)
        if named or begins_as_task(sentence, document.language) or commits(words, firmly=False):
            yield _task(document, block, sentence, above, done=was_taken(words))


def _checked(document: Document, group: _Group) -> Iterator[Task]:
    """Task lists that stand anywhere."""
    if any(_ASIDE.search(plain(text)) for text in group.headings):
        return
    for block in group.blocks:
        if block.checked is not None and block.text.strip():
            above = group.headings[-1] if group.headings else ""
            yield _task(document, block, block.text.strip(), above)


def _promised(document: Document, group: _Group) -> Iterator[Task]:
    """Sentences that promise something, in a text that has no place for tasks."""
    for block in group.blocks:
        if block.form not in (Form.PARAGRAPH, Form.ITEM) or block.section in _TELLING:
            continue
        for start, end in sentences(block.text):
            sentence = block.text[start:end].strip()
            if commits(plain(sentence), firmly=True):
                yield _task(document, block, sentence, "")


def _task(document: Document, block: Block, text: str, above: str, *, done: bool = False) -> Task:
    written = " ".join(text.split())
    finished = done or bool(block.checked) or ticked(written) or _struck(document, block)
    if block.checked is None and not finished:
        addition = above.rpartition("(")[2] if above.rstrip().endswith(")") else ""
        finished = bool(addition) and says_done(addition)
    owner = owner_in(written) or (owner_in(above) if _MENTION.search(above) else None)
    return Task(
        text=without_box(without_details(written)),
        owner=owner,
        due=due_in(written),
        priority=priority_in(written),
        done=finished,
        span=place(document, block, text),
    )


def _struck(document: Document, block: Block) -> bool:
    """Whether the source of a block begins with struck-through text."""
    span: Span = block.span
    source = document.original[span.start : min(span.end, span.start + 200)]
    if block.form is Form.ROW:
        return "~~" in source or "<del>" in source
    return bool(_STRUCK.match(re.sub(r"^[\s>]*(?:[-*+]|\d+[.)])\s*(?:\[.?\]\s*)?", "", source)))


def _unlike(tasks: list[Task]) -> Iterator[Task]:
    """Each task once, though a text may list it twice."""
    seen: set[str] = set()
    for task in tasks:
        key = plain(task.text)
        if key not in seen and key.strip():
            seen.add(key)
            yield task
