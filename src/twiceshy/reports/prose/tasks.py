"""Action items: what people want to do, or did, so that it does not happen again.

Where a text has a place for them, they are its list items, rows, headings and, where there is
nothing of these, its sentences. Elsewhere only what commits somebody counts.
"""

from __future__ import annotations

import re
from dataclasses import replace
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
from twiceshy.reports.prose.statements import lines_apart, place, sentences
from twiceshy.reports.prose.task_details import (
    due_in,
    iso,
    owner_in,
    priority_in,
    without_details,
)
from twiceshy.reports.prose.task_places import groups, is_aside
from twiceshy.reports.prose.task_words import (
    begins_as_task,
    column_of,
    commits,
    demands,
    is_no_task,
    is_state,
    says_done,
    ticked,
    was_taken,
    without_box,
)
from twiceshy.reports.prose.wording import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from twiceshy.reports.prose.document import Block, Document
    from twiceshy.reports.prose.task_places import Group

_TELLING = frozenset(
    {TIMELINE, IMPACT, ROOT_CAUSES, SUMMARY, TRIGGER, DETECTION, WENT_WELL, WENT_WRONG}
)
_CATEGORY = re.compile(
    r"(?:short|mid|medium|long|near) term|immediate|technical|process|documentation|monitoring$|"
    r"investigation|improvement|tasks?\b|fixes|detection$|prevention|mitigation$|people|"
    r"corto plazo|largo plazo|inmediat|curto prazo|longo prazo|court terme|long terme|immediat|"
    r"kurzfristig|langfristig|sofort|breve termine|lungo termine|短期|長期|中期|恒久|暫定|"
    r"^ (?:\w+ ){1,2}$"
)
_TERM = re.compile(
    r" (?:short|mid|medium|long|near) term |immediate| term |plazo| prazo | terme |fristig|sofort"
    r"| termine | tasks? | improvements? | fixes | actions? |短期|長期|中期|恒久|暫定"
)
_COLON = re.compile(r"[:：]\s*$")
_STRUCK = re.compile(r"^\W*(?:~~|<(?:del|s|strike)>)")
_ADDRESS_ONLY = re.compile(r"^\W*(?:https?://\S+\s+)*https?://\S+\s*$")
_QUESTION = re.compile(r"[^.!?。？]*[?？]\W*$")
_MENTION = re.compile(r"(?<![\w.])@[A-Za-z][\w.-]{0,60}")
_NAMED = re.compile(r"[^:：.]{3,60}[:：]\s*\S")
_TO_DO = re.compile(r"\W*(?:\d{1,2}\W{1,3})?(?:TODO|TO-DO|WIP|DONE)\b\W*\w+\W+\w+")
_DETAILS = frozenset({"owner", "due", "priority", "status"})
_COUNT = re.compile(r"(?:^|(?<=[\s;,:]))\(?(\d{1,2}|[a-h])[).][ \t]+(?=\S)")
_NUMBER = re.compile(r"^\W*\d{1,2}[.)]\s+(?=\S)")
_STATE = re.compile(
    r"\s*(?:[-–—:|]\s*|[(\[（])\s*(?P<state>[^\W\d_][\w ]{1,20}?)\s*[)\]）]?\s*\.?$"
    r"|^\s*[(\[](?P<first>[^\W\d_][\w ]{1,20})[)\]]\s*:?\s*"
)
_MAY_SAY_STATE = re.compile(r"[-–—:|(\[（]")
_STATE_ROOM = 26
_BULLET = re.compile(r"^[\s>]*(?:[-*+]|\d+[.)])\s*(?:\[.?\]\s*)?")
_LONG_TITLE = 12
_SHORT_LINE = 60


def tasks_of(document: Document) -> tuple[Task, ...]:
    """The action items of a report, in the order of its text."""
    places = tuple(groups(document))
    found = list(_of_plans(document, [group for group in places if group.planned]))
    for group in places:
        if not group.planned:
            found += _tables(document, group.blocks)
    if not found:
        found = [task for group in places for task in _checked(document, group)]
    if not found:
        found = [task for group in places for task in _promised(document, group)]
    return tuple(sorted(_unlike(found), key=lambda task: task.span.start if task.span else 0))


def _of_plans(document: Document, places: Iterable[Group]) -> Iterator[Task]:
    """The tasks of all places for them; text that only closes a list of them tells of none."""
    listed: tuple[str, ...] = ()
    for group in places:
        above = group.headings
        closes = group.heading is None and above == listed[: len(above)] and listed != ()
        if closes and all(block.form is Form.PARAGRAPH for block in group.blocks):
            continue
        tasks = tuple(_planned(document, group))
        yield from tasks
        if tasks and any(block.form is Form.ITEM for block in group.blocks):
            listed = above


def _planned(document: Document, group: Group) -> Iterator[Task]:
    """The tasks of a place that is meant for them."""
    rows = [block for block in group.blocks if block.form is Form.ROW]
    items = [block for block in group.blocks if block.form is Form.ITEM]
    above = group.headings[-1] if group.headings else ""
    tabled = list(_tables(document, rows))
    yield from tabled
    listed = list(_items(document, items, above))
    if group.label is not None and len(listed) == 1 and not _TERM.search(plain(above)):
        # A title of its own with one sentence below it is one task.
        title = without_details(above).rstrip(" :：")
        listed = [replace(listed[0], text=f"{title}: {listed[0].text}")]
    yield from listed
    if tabled or listed or items:
        return
    written = [block for block in group.blocks if block.form is Form.PARAGRAPH]
    if group.heading is not None and _is_task_heading(group.heading, document.language):
        text = without_details(group.heading.text).rstrip(" :：")
        start, end = next(sentences(written[0].text), (0, 0)) if written else (0, 0)
        first = written[0].text[start:end] if written else ""
        column, _, named = first.partition(":")
        if column_of(column) == "action" and named.strip():
            text = f"{text}: {named.strip()}"
        elif first and not column_of(column):
            text = f"{text}: {first}"
        task = _task(document, group.heading, text, above)
        task = replace(task, owner=owner_in(above), due=due_in(above))
        yield _noted(task, (line for block in written for line in block.text.split("\n")))
        return
    for block in written:
        yield from _sentences(document, block, above)


def _is_task_heading(heading: Block, language: str) -> bool:
    """Whether a heading is itself a task: one inside of the place for them, with an own wording."""
    if heading.section != ACTION_ITEMS:
        return False
    words = plain(heading.text)
    if _MENTION.search(heading.text):
        return True
    if len(words.split()) > _LONG_TITLE or is_no_task(words):
        return False
    if demands(_NUMBER.sub("", heading.text), language) or _TO_DO.match(heading.text):
        return True
    return not section_of(heading.text) and not _CATEGORY.search(words)


def _items(document: Document, items: Sequence[Block], above: str) -> Iterator[Task]:
    """The tasks of a list: its outer items; deeper ones tell how, or who, when and how far."""
    outer, margin, count = 0, 0, ""
    last: Task | None = None
    notes: list[str] = []
    for n, block in enumerate(items):
        column = _column(document, block)
        follows = bool(count) and block.number == count  # `2.` goes on where `1.` stood
        if n == 0 or block.level < outer or follows:
            outer, margin = block.level, column
            count = _next_number(block.number)
        text = block.text.strip()
        if block.level > outer and column > margin:
            notes.append(text)
        elif _asks(text, block):
            if last is not None:
                yield _noted(last, notes)
            taken = was_taken(plain(text))
            last, notes = _task(document, block, text, above, done=taken), []
    if last is not None:
        yield _noted(last, notes)


def _next_number(number: str) -> str:
    """`2.` after `1.`, written in the same way; "" after what is no number."""
    digits = number.rstrip(".),")
    return f"{int(digits) + 1}{number[len(digits) :]}" if digits.isdecimal() else ""


def _noted(task: Task, notes: Iterable[str]) -> Task:
    """A task with what notes below it say: `Owner: Ana`, `Due: 2024-06-01`, `Status: done`."""
    for note in notes:
        label, _, value = note.replace("：", ":").partition(":")
        value = value.strip(" *_@.")
        column = column_of(label) if value and len(label.split()) <= 3 else ""
        if column == "owner":
            task = replace(task, owner=task.owner or value)
        elif column == "due":
            task = replace(task, due=task.due or iso(value))
        elif column == "priority":
            task = replace(task, priority=task.priority or value)
        elif column == "status":
            task = replace(task, done=task.done or says_done(value))
    return task


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
    """The tasks of a paragraph.

    The whole where it has a label or number of its own, its lines or numbered parts where each is
    a task, else the sentences that commit somebody.
    """
    text = block.text
    listed = lines_apart(text)
    parts: Iterable[str] = text.split("\n") if listed else _numbered(text)
    if not listed and not parts:
        if _stands_alone(text, block, document.language):
            yield _task(document, block, text.strip(), above)
            return
        parts = (text[start:end] for start, end in sentences(text))
    elif not listed:
        listed = True
    for part in parts:
        sentence, words = part.strip(), plain(part)
        if not sentence or _COLON.search(sentence) or is_no_task(words):
            continue
        if listed and column_of(sentence.partition(":")[0]) in _DETAILS and _NAMED.match(sentence):
            continue  # `Deadline: Friday` tells of the task above it
        named = listed and (len(sentence) < _SHORT_LINE or _NAMED.match(sentence) is not None)
        asked = begins_as_task(sentence, document.language) or commits(words, firmly=False)
        if named or asked or (listed and _asks_later(sentence, document.language)):
            yield _task(document, block, sentence, above, done=was_taken(words))


def _asks_later(line: str, language: str) -> bool:
    """Whether a further sentence of a line begins as tasks do, as in `Monitoring. Add it`."""
    return any(begins_as_task(line[start:end], language) for start, end in sentences(line))


def _numbered(text: str) -> list[str]:
    """The parts of a paragraph that counts them: `(1) ...; (2) ...`; [] where it does not."""
    marks = list(_COUNT.finditer(text))
    if len(marks) < 2 or [mark[1] for mark in marks[:2]] not in (["1", "2"], ["a", "b"]):
        return []
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    return [text[mark.end() : end].strip(" ;,\n") for mark, end in zip(marks, ends, strict=True)]


def _stands_alone(text: str, block: Block, language: str) -> bool:
    """Whether a paragraph is one task: it has a label in bold, or a number, and then the task."""
    label, colon, rest = text.partition(":")
    if not colon or not rest.strip() or len(label.split()) > _LONG_TITLE:
        return bool(_NUMBER.match(text)) and not is_no_task(plain(text))
    bold = bool(block.bold) and text.startswith(block.bold[0].rstrip(": "))
    numbered = bool(_NUMBER.match(text))
    return bold or numbered or begins_as_task(rest, language) or commits(plain(rest), firmly=False)


def _checked(document: Document, group: Group) -> Iterator[Task]:
    """Task lists that stand anywhere."""
    if is_aside(group.headings):
        return
    for block in group.blocks:
        if block.checked is not None and block.text.strip():
            above = group.headings[-1] if group.headings else ""
            yield _task(document, block, block.text.strip(), above)


def _promised(document: Document, group: Group) -> Iterator[Task]:
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
    written, state = _without_state(written)
    finished = finished or state is True
    if block.checked is None and state is None and not finished:
        bracket = above.rpartition("(")[2] if above.rstrip().endswith(")") else above
        finished = len(bracket.split()) <= 2 and says_done(bracket)
    owner = owner_in(written) or (owner_in(above) if _MENTION.search(above) else None)
    return Task(
        text=_NUMBER.sub("", without_box(without_details(written))),
        owner=owner,
        due=due_in(written),
        priority=priority_in(written),
        done=finished,
        span=place(document, block, text),
    )


def _without_state(text: str) -> tuple[str, bool | None]:
    """A text without the state at its end or beginning, and whether that says done."""
    found = _STATE.search(text) if _MAY_SAY_STATE.search(text[:1] + text[-_STATE_ROOM:]) else None
    if found is None:
        return text, None
    said = found["state"] or found["first"]
    if not is_state(said):
        return text, None
    rest = (text[: found.start()] + " " + text[found.end() :]).strip()
    return (rest, says_done(said)) if rest else (text, None)


def _struck(document: Document, block: Block) -> bool:
    """Whether the source of a block begins with struck-through text."""
    span: Span = block.span
    source = document.original[span.start : min(span.end, span.start + 200)]
    if block.form is Form.ROW:
        return "~~" in source or "<del>" in source
    if "~~" not in source and "<" not in source:
        return False
    return bool(_STRUCK.match(_BULLET.sub("", source)))


def _unlike(tasks: list[Task]) -> Iterator[Task]:
    """Each task once, though a text may list it twice."""
    seen: set[str] = set()
    for task in tasks:
        key = plain(task.text)
        if key not in seen and key.strip():
            seen.add(key)
            yield task
