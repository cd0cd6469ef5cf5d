"""Draws what was read from a postmortem: each field with its place, and what is doubtful."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, Any

from rich.text import Text

from twiceshy.model.verdict import Value
from twiceshy.render.legible import one_line
from twiceshy.render.marks import BROKEN, LABEL, STYLES
from twiceshy.render.paragraph import indented, wrap
from twiceshy.render.reading import SECTIONS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from twiceshy.model.postmortem import Fact, Postmortem, Reading, Span
    from twiceshy.render.marks import Page

_UNSURE = 0.6
_LABELS = {
    "title": "title",
    "language": "language",
    "authors": "authors",
    "date": "date",
    "started_at": "started",
    "detected_at": "detected",
    "resolved_at": "resolved",
    "ended_at": "ended",
    "duration_minutes": "duration",
    "minutes_to_detect": "to detect",
    "minutes_to_resolve": "to resolve",
    "exposure": "exposure",
    "effort": "effort",
    "detected_by": "noticed by",
    "severity": "severity",
    "services": "services",
}
_IN_MINUTES = ("duration_minutes", "minutes_to_detect", "minutes_to_resolve")
_WIDTH = max(map(len, _LABELS.values())) + 2


def imported(
    name: str, text: str, reading: Reading, files: Sequence[str], page: Page
) -> list[Text]:
    """The lines for one text and the files that became of it."""
    shown = "standard input" if name == "-" else one_line(name)
    if not reading.postmortems:
        label = Text(f"{page.marks.broken} ", style=BROKEN)
        refusal = Text.assemble((shown, "bold"), f" is no postmortem: {reading.reason}")
        return wrap(refusal, page.width, label)
    starts = [0, *(place + 1 for place, letter in enumerate(text) if letter == "\n")]
    lines: list[Text] = []
    for number, postmortem in enumerate(reading.postmortems):
        head = Text.assemble((f"{page.marks.holds} ", STYLES[Value.HOLDS]), (shown, "bold"))
        if len(reading.postmortems) > 1:
            head.append(f", incident {number + 1} of {len(reading.postmortems)}")
        if number < len(files):
            head.append(f" {page.marks.dot} {files[number]}")
        lines += [head, *indented(_told(postmortem, starts, page.inset(2)), 2)]
    return lines


def _told(postmortem: Postmortem, starts: list[int], page: Page) -> list[Text]:
    lines: list[Text] = []
    for key, label in _LABELS.items():
        fact: Fact[Any] = getattr(postmortem, key)
        if fact.value not in (None, "", ()):
            lines += _fact(label, key, fact, starts, page)
    for label, words in _sums(postmortem, page):
        lines += _line(label, words, page)
    for conflict in postmortem.conflicts:
        places = ", ".join(_line_of(span, starts) for span in conflict.spans)
        words = Text.assemble(one_line(conflict.says), (f"  {places}" if places else "", LABEL))
        lines += _line("conflict", words, page, style=STYLES[Value.RECURS])
    return [*lines, *_suggested(postmortem, page)]


def _fact(label: str, key: str, fact: Fact[Any], starts: list[int], page: Page) -> list[Text]:
    words = Text(_shown(fact.value, key))
    others = [_shown(other, key) for other in fact.alternatives if other is not None]
    if others:
        words.append(f"  or {' or '.join(others[:3])}", LABEL)
    if fact.confidence < _UNSURE:
        words.append("  uncertain", STYLES[Value.UNKNOWN])
    if fact.span:
        words.append(f"  {_line_of(fact.span, starts)}", LABEL)
    return _line(label, words, page)


def _shown(value: Any, key: str) -> str:
    if isinstance(value, tuple):
        return one_line(", ".join(map(str, value)))
    if key in _IN_MINUTES:
        return _duration(float(value))
    return one_line(str(value))


def _duration(minutes: float) -> str:
    """Minutes as people say them: `2 h 45 min`, `3 d`."""
    whole = round(minutes)
    if whole < 1:
        return f"{minutes * 60:.0f} s"
    days, rest = divmod(whole, 24 * 60)
    hours, left = divmod(rest, 60)
    parts = [(days, "d"), (hours, "h"), (left, "min")]
    return " ".join(f"{count} {unit}" for count, unit in parts if count)


def _sums(postmortem: Postmortem, page: Page) -> Iterator[tuple[str, Text]]:
    """Sections, timeline and tasks, told in numbers."""
    have = [
        key.replace("_", " ")
        for key, names in SECTIONS.items()
        if any(name in postmortem.sections for name in names)
    ]
    lacks = [key.replace("_", " ") for key in SECTIONS if key.replace("_", " ") not in have]
    yield "has", Text(", ".join(have) or "no section")
    if lacks:
        yield "lacks", Text(", ".join(lacks), style=STYLES[Value.UNKNOWN])
    done = sum(task.done for task in postmortem.action_items)
    counts = [
        _count(len(postmortem.timeline), "timeline entry", "timeline entries"),
        _count(len(postmortem.action_items), "action item", "action items")
        + (f" ({done} done)" if done else ""),
        _count(len(postmortem.root_causes), "root cause", "root causes"),
    ]
    yield "counts", Text(f" {page.marks.dot} ".join(counts))


def _count(number: int, one: str, several: str) -> str:
    return f"{number} {one if number == 1 else several}"


def _suggested(postmortem: Postmortem, page: Page) -> list[Text]:
    suggested = postmortem.suggested
    because = "; ".join(one_line(reason) for reason in suggested.because[:2])
    if suggested.kind == "none":
        words = Text.assemble("none", (f"  {because}" if because else "", LABEL))
        return _line("guard", words, page) if because else []
    words = Text.assemble((suggested.kind, "bold"), f" would re-create this: {because}")
    hint = "It is drafted under [suggested], and runs once you write it into a block ```toml guard."
    return [*_line("guard", words, page), *_line("", Text(hint, style=LABEL), page)]


def _line(label: str, words: Text, page: Page, style: str = LABEL) -> list[Text]:
    return wrap(words, page.width, Text(label.ljust(_WIDTH), style=style))


def _line_of(span: Span, starts: list[int]) -> str:
    return f"line {bisect_right(starts, span.start)}"
