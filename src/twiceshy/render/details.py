"""All that is known of one rehearsed guard: findings, reasons, scope."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from twiceshy.model.verdict import Value
from twiceshy.render.exhibits import exhibit
from twiceshy.render.finding import INDENT, curl_lines, finding
from twiceshy.render.legible import legible, one_line
from twiceshy.render.marks import LABEL, STYLES, Page
from twiceshy.render.paragraph import indented, wrap
from twiceshy.render.scope import reasons, scope
from twiceshy.render.summary import title_of

if TYPE_CHECKING:
    from pathlib import Path

    from twiceshy.errors import Location
    from twiceshy.model.events import GuardFinished
    from twiceshy.model.verdict import Verdict


def details(finished: GuardFinished, page: Page, base: Path | None = None) -> list[Text]:
    """Lines about one guard; only a curl line may be wider than the page."""
    return _heading(finished, page, base) + conclusion(finished.verdict, page)


def conclusion(verdict: Verdict, page: Page) -> list[Text]:
    """The same without its heading: findings, reasons, exhibits, scope, empty lines between."""
    lines: list[Text] = []
    drawn = verdict.findings if page.verbose else verdict.findings[: page.findings]
    for number, found in enumerate(drawn, 1):
        place = f"{number} of {len(verdict.findings)}" if len(verdict.findings) > 1 else ""
        lines += [Text(), *finding(found, place, page), *curl_lines(found, page)]
    more = len(verdict.findings) - len(drawn)
    if more:
        says = f"{page.marks.more} {more} more finding{'s' if more > 1 else ''}"
        lines += [Text(), Text(f"{says} (--verbose shows all)", style=LABEL)]
    if verdict.reasons:
        unknown = verdict.value is Value.UNKNOWN
        says = "could not tell, because" if unknown else "what is more"
        lines += [Text(), Text(f"{page.marks.unknown} {says}", style=STYLES[Value.UNKNOWN])]
        lines += reasons(verdict, page)
    for shown in verdict.exhibits:
        lines += [Text(), *indented(exhibit(shown, page.inset(INDENT)), INDENT)]
    covered = scope(verdict.scope, page.inset(INDENT))
    return lines + ([Text(), *indented(covered, INDENT)] if covered else [])


def as_text(finished: GuardFinished, width: int = 80, base: Path | None = None) -> str:
    """The same as plain text, for a test's failure message or a log."""
    return "\n".join(line.plain for line in details(finished, Page(width), base))


def place_of(location: Location, base: Path | None) -> str:
    """`file:line`, from `base` where the file lies below it."""
    text = str(location)
    if base and location.file.is_relative_to(base):
        text = text.replace(str(location.file), str(location.file.relative_to(base)), 1)
    return one_line(text)


def _heading(finished: GuardFinished, page: Page, base: Path | None) -> list[Text]:
    dash = page.marks.line
    title = Text(title_of(finished.report), style="bold")
    title.truncate(page.width - 6, overflow="ellipsis")
    rest = page.width - title.cell_len - 4
    rule = Text.assemble((f"{dash * 2} ", LABEL), title, (f" {dash * max(0, rest)}", LABEL))
    facts = [place_of(finished.guard.location, base), finished.guard.kind]
    facts += [f"version {finished.version}"] if finished.version else []
    says = f" {page.marks.dot} ".join(legible(fact) for fact in facts)
    return [rule, *wrap(Text(says, style=LABEL), page.width, Text("   "))]
