"""A report for somebody with one minute: what, who, how long, and whether it is fixed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt

from twiceshy.site.cards import language, state
from twiceshy.site.clock import span
from twiceshy.site.words import WORDS

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterator

    from twiceshy.library import Entry
    from twiceshy.library.entry import Volume
    from twiceshy.model.postmortem import Moment

_LONGEST = 320
_MARKDOWN = MarkdownIt("commonmark").enable("table")
_END = re.compile(r"(?<=[.!?])\s+(?=[^\sa-z])|(?<=[\u3002\uff01\uff1f])")
_CLOCK = re.compile(r"(?:(?<=\d)|^)T(?=\d)")
_STOPS = ".!?:;\u3002\uff01\uff1f"


def brief(volume: Volume, today: datetime.date) -> tuple[tuple[str, str, str], ...]:
    """Questions with their answers, "" where there is none, and the answer's language."""
    entry = volume.entry
    lang = language(entry)
    return (
        (WORDS["what"], _start(entry.excerpt or _section(volume, "summary")), lang),
        (WORDS["who"], _start(_section(volume, "impact")), lang),
        (WORDS["how_long"], how_long(entry), ""),
        (WORDS["fixed"], is_fixed(entry, today), ""),
    )


def how_long(entry: Entry) -> str:
    """Its duration, and how long until somebody knew."""
    said = []
    if entry.duration_minutes is not None:
        said.append(f"{span(entry.duration_minutes)}.")
    between = _between(entry.started_at, entry.ended_at or entry.resolved_at)
    if between:
        said.append(between)
    if entry.minutes_to_detect is not None:
        said.append(WORDS["detected_after"].format(span=span(entry.minutes_to_detect)))
    return " ".join(said)


def _between(start: Moment | None, end: Moment | None) -> str:
    if start is None or end is None or start.hour is None or end.hour is None:
        return ""
    begun, ended = moment(start), moment(end)
    day, _, rest = ended.partition(" ")
    return WORDS["from_to"].format(
        start=begun, end=rest if rest and begun.startswith(f"{day} ") else ended
    )


def is_fixed(entry: Entry, today: datetime.date) -> str:
    """What was done, what is not done yet, and whether something watches for it."""
    verdict = state(entry)
    said = [WORDS[f"fixed_{verdict}"]]
    if verdict == "none" and (entry.resolved_at or entry.status == "closed"):
        said.insert(0, WORDS["fixed_resolved"])
    if entry.actions:
        done = sum(action.done for action in entry.actions)
        late = sum(action.overdue(today) for action in entry.actions)
        counted = WORDS["done_count"].format(done=done, all=len(entry.actions))
        said.append(WORDS["fixed_actions"].format(counted=counted))
        said += [WORDS["fixed_overdue"].format(n=late)] if late else []
    return " ".join(said)


def moment(at: Moment) -> str:
    """A point in time as people read it."""
    return _CLOCK.sub(" ", str(at)).strip()


def _section(volume: Volume, name: str) -> str:
    """The words of a section, wherever it was found."""
    written = next((s.text for s in volume.report.sections if s.name == name and s.text), "")
    if not written and volume.postmortems:
        passage = volume.postmortems[0].sections.get(name)
        written = passage.text if passage else ""
    return plain(written)


def plain(markdown: str, most: int = 20_000) -> str:
    """The words in the first `most` characters of Markdown: without code, comments and markup."""
    return " ".join(_pieces(_without_comments(markdown[:most])))


def _without_comments(markdown: str) -> str:
    """One that is never closed hides nothing, as on the page."""
    kept = []
    place = 0
    while (start := markdown.find("<!--", place)) >= 0:
        end = markdown.find("-->", start)
        if end < 0:
            break
        kept.append(markdown[place:start])
        place = end + 3
    return " ".join([*kept, markdown[place:]])


def _pieces(markdown: str) -> Iterator[str]:
    for token in _MARKDOWN.parse(markdown):
        if token.type == "inline":
            words = "".join(
                " " if "break" in child.type else child.content
                for child in token.children or ()
                if child.type != "html_inline"
            )
            words = " ".join(words.split())
            yield words if not words or words[-1] in _STOPS else f"{words}."


def _start(text: str) -> str:
    """The first sentences, as many as fit."""
    if len(text) <= _LONGEST:
        return text
    taken = ""
    for sentence in _END.split(text):
        if taken and len(taken) + len(sentence) > _LONGEST:
            return taken
        taken = f"{taken} {sentence}".strip()
    return taken if len(taken) <= _LONGEST else f"{taken[:_LONGEST].rsplit(' ', 1)[0]} …"
