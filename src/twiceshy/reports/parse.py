"""Markdown text into a report. Nothing that a report holds can make this fail."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt

from twiceshy.errors import Location, ReportError
from twiceshy.model.report import ActionItem, GuardBlock, Report, Section
from twiceshy.reports.action_items import read_action_item
from twiceshy.reports.fences import Fence, fences_at_margin, parsed_fences
from twiceshy.reports.front_matter import Top, read_top
from twiceshy.reports.guard_blocks import almost_guard, is_almost_guard, is_guard, read_guard
from twiceshy.reports.headings import ACTION_ITEMS, canonical_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from markdown_it.token import Token

    from twiceshy.errors import ConfigurationError

# Characters; the longest of 10,000 public postmortems is a fiftieth of it.
LONGEST = 5_000_000
_MARKUP = re.compile(r"[*_`\[\]<>&\\!]")

# Inline markup is not parsed, except in headings: it takes most of the time and is not needed.
_BLOCKS = MarkdownIt("commonmark").disable("inline")
_INLINE = MarkdownIt("commonmark")


def parse_report(text: str, path: Path, top: Top | None = None) -> Report:
    """The report that `text`, the content of `path`, holds.

    Never raises for content: what is malformed is in the report's `problems`, in the order of
    its lines. Text before the first heading is a section without heading, of level 0. `top` is its
    front matter, where that was read before.
    """
    if len(text) > LONGEST:
        return Report(path, path.stem, path.stem, problems=(_too_long(text, path),))
    top, lines = _lines_below(text, path, top)
    tokens = _BLOCKS.parse("\n".join(lines))
    sections = tuple(_sections(tokens, lines))
    items = tuple(_action_items(tokens, sections))
    return _report(path, top, parsed_fences(tokens, lines), sections, items)


def parse_without_sections(text: str, path: Path, top: Top | None = None) -> Report | None:
    """Front matter and guards alone, in a tenth of the time; None where only Markdown tells them.

    The title is that of the front matter, else the file's name.
    """
    if len(text) > LONGEST:
        return None
    top, lines = _lines_below(text, path, top)
    fences = fences_at_margin(lines) if "```" in text or "~~~" in text else ()
    return None if fences is None else _report(path, top, fences)


def _lines_below(text: str, path: Path, top: Top | None) -> tuple[Top, list[str]]:
    """The front matter, and all lines of the text with blank ones in place of those above it.

    So all line numbers stay true.
    """
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    top = top or read_top(lines, path)
    lines[: top.height] = [""] * top.height
    return top, lines


def _report(
    path: Path,
    top: Top,
    fences: Iterable[Fence],
    sections: tuple[Section, ...] = (),
    action_items: tuple[ActionItem, ...] = (),
) -> Report:
    guards, problems = _guards(fences, path)
    return Report(
        path=path,
        id=_name(top, "id") or path.stem,
        title=_name(top, "title") or _first_heading(sections) or path.stem,
        date=top.sound.get("date"),
        front_matter=top.table,
        sections=sections,
        action_items=action_items,
        guards=tuple(guards),
        problems=tuple(sorted([*top.problems, *problems], key=_line)),
    )


def _too_long(text: str, path: Path) -> ReportError:
    return ReportError(
        "The file is too long for a report",
        location=Location(path),
        seen=f"{len(text):,} characters",
        todo=f"Keep it below {LONGEST:,}; put logs and data beside it.",
    )


def _name(top: Top, key: str) -> str:
    return str(top.sound.get(key, "")).strip()


def _first_heading(sections: Sequence[Section]) -> str:
    """The first heading, where it is a title and does not open a section of its own."""
    first = next((section for section in sections if section.level), None)
    return first.heading if first and not first.name else ""


def _line(problem: ConfigurationError) -> int:
    return problem.location.line if problem.location else 0


def _sections(tokens: Sequence[Token], lines: Sequence[str]) -> Iterator[Section]:
    """One section for each heading outside of lists and quotes, and for the text before."""
    starts: list[tuple[int, int, str, int]] = [(0, 0, "", 0)]
    for token, following in pairwise(tokens):
        if token.type == "heading_open" and token.level == 0 and token.map:
            first, text_from = token.map
            starts.append((first, text_from, _plain(following.content), int(token.tag[1:])))
    ends = [first for first, *_ in starts[1:]] + [len(lines)]
    for (first, text_from, heading, level), end in zip(starts, ends, strict=True):
        text = "\n".join(lines[text_from:end]).strip("\n")
        if level or text.strip():
            yield Section(canonical_name(heading), heading, level, first + 1, text)


def _plain(markup: str) -> str:
    """A heading's words without their markup."""
    if len(markup) > 500 or not _MARKUP.search(markup):
        return " ".join(markup.split())
    children = _INLINE.parseInline(markup)[0].children or []
    words = (
        " " if "break" in child.type else child.content
        for child in children
        if child.type != "html_inline"
    )
    return " ".join("".join(words).split())


def _action_items(tokens: Sequence[Token], sections: Sequence[Section]) -> Iterator[ActionItem]:
    """The tasks under action items and under the headings below it."""
    under = _lines_under_action_items(sections)
    for item, paragraph, inline in zip(tokens, tokens[1:], tokens[2:], strict=False):
        kinds = (item.type, paragraph.type, inline.type)
        if kinds != ("list_item_open", "paragraph_open", "inline") or not item.map:
            continue
        line = item.map[0] + 1
        if any(first <= line < end for first, end in under):
            task = read_action_item(inline.content, line)
            if task:
                yield task


def _lines_under_action_items(sections: Sequence[Section]) -> list[tuple[float, float]]:
    """First line and the line after the last, for each stretch of action items."""
    stretches: list[tuple[float, float]] = []
    level = 0
    for section in sections:
        inside = level and section.level > level and not section.name
        if level and not inside:
            stretches[-1] = (stretches[-1][0], section.line)
            level = 0
        if section.name == ACTION_ITEMS:
            level = section.level
            stretches.append((section.line, float("inf")))
    return stretches


def _guards(
    fences: Iterable[Fence], path: Path
) -> tuple[list[GuardBlock], list[ConfigurationError]]:
    """The guards that can be read, and what is wrong with the others."""
    guards: list[GuardBlock] = []
    problems: list[ConfigurationError] = []
    for one in fences:
        if is_guard(one.info):
            try:
                guard = read_guard(one.info, one.content, path, one.line, closed=one.closed)
            except ReportError as problem:
                problems.append(problem)
            else:
                guards.append(guard)
        elif is_almost_guard(one.info):
            problems.append(almost_guard(one.info, Location(path, one.line)))
    return guards, problems
