"""Search hits and similar reports on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from twiceshy.library.telling.bars import bars, facts_line, heading
from twiceshy.render.legible import one_line
from twiceshy.render.marks import LABEL
from twiceshy.render.paragraph import indented, wrap

if TYPE_CHECKING:
    from twiceshy.library.entry import Entry
    from twiceshy.library.search_records import Hit, Hits, Similar, Snippet
    from twiceshy.render.marks import Page

_MARKED = "bold yellow"
_SHOWN_FACETS = ("kind", "service", "severity", "tag", "language", "year")


def hits_lines(found: Hits, query: str, page: Page, *, facets: bool = False) -> list[Text]:
    """How many there are, each hit with its snippets, and what else one could ask."""
    lines = [_total(found, query, page)]
    for hit in found.hits:
        lines += [Text(), *_hit(hit, page)]
    if facets:
        for name in _SHOWN_FACETS:
            counts = found.facets.get(name, {})
            if counts:
                lines += [Text(), heading(name), *bars(counts, page, most=8)]
    left = found.total - len(found.hits)
    if left > 0 and found.hits:
        says = f"{page.marks.more} {left} more (--limit shows more, filters show fewer)"
        lines += [Text(), *wrap(Text(says, style=LABEL), page.width)]
    return lines


def _total(found: Hits, query: str, page: Page) -> Text:
    if not found.total:
        return Text(f"no report holds {one_line(query)}" if query.strip() else "no report fits")
    noun = "report" if found.total == 1 else "reports"
    line = Text(f"{found.total} {noun}", style="bold")
    counts = found.facets.get("kind", {})
    told = [f"{count} {kind}" for kind, count in counts.items() if kind != "none"][:4]
    tail = f"  {f' {page.marks.dot} '.join(told)}" if told else ""
    if line.cell_len + Text(tail).cell_len <= page.width:
        line.append(tail, style=LABEL)
    return line


def _hit(hit: Hit, page: Page) -> list[Text]:
    lines = _title(hit.entry, hit.title, page)
    inner = page.inset(2)
    lines += indented(facts_line(hit.entry, inner), 2)
    for snippet in hit.snippets:
        lines += indented(wrap(_marked(snippet, LABEL), inner.width), 2)
    if not hit.snippets and hit.entry.excerpt:
        lines += indented(wrap(Text(one_line(hit.entry.excerpt), style=LABEL), inner.width), 2)
    return lines


def _title(entry: Entry, title: Snippet, page: Page) -> list[Text]:
    """The title, and below it the file, as editors and terminals make clickable."""
    lines = wrap(_marked(title, "bold"), page.width)
    path = Text("  " + one_line(str(entry.path)), style="cyan")
    return [*lines, path]


def _marked(snippet: Snippet, style: str) -> Text:
    """The text with its marks; what a terminal would obey is shown instead."""
    line = Text()
    place = 0
    for first, end in snippet.marks:
        line.append(_inline(snippet.text[place:first]), style=style)
        line.append(_inline(snippet.text[first:end]), style=_MARKED)
        place = end
    return line.append(_inline(snippet.text[place:]), style=style)


def _inline(text: str) -> str:
    """As `one_line`, but the blanks at both ends stay."""
    inside = one_line(text)
    if not inside:
        return " " if text else ""
    return " " * text[:1].isspace() + inside + " " * text[-1:].isspace()


def similar_lines(entry: Entry, found: tuple[Similar, ...], page: Page) -> list[Text]:
    """The report, and below it each one like it, with the reasons."""
    lines = wrap(Text(one_line(entry.title), style="bold"), page.width)
    lines += indented(facts_line(entry, page.inset(2)), 2)
    if not found:
        return [*lines, Text(), Text("no other report is like this one")]
    for one in found:
        share = Text(f"{one.score * 100:3.0f} %  ", style="bold cyan")
        lines += [Text(), *wrap(Text(one_line(one.entry.title), style="bold"), page.width, share)]
        inner = page.inset(7)
        path = Text(one_line(str(one.entry.path)), style="cyan")
        below = [path, *facts_line(one.entry, inner)]
        for reason in one.reasons:
            below += wrap(Text(one_line(reason.says), style=LABEL), inner.width)
        lines += indented(below, 7)
    return lines
