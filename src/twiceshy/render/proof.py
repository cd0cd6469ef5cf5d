"""Draws what `prove` compares: the version that failed beside today's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.text import Text

from twiceshy.model.verdict import Value
from twiceshy.render.legible import one_line
from twiceshy.render.marks import LABEL, STYLES
from twiceshy.render.paragraph import wrap
from twiceshy.render.summary import title_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from twiceshy.model.events import GuardFinished
    from twiceshy.render.marks import Page

TODAY = ""
"""The name of the working tree's version."""


@dataclass(frozen=True, slots=True)
class Proof:
    """One guard's verdicts by version; `TODAY` is the working tree."""

    first: GuardFinished
    values: tuple[tuple[str, Value], ...]

    @property
    def today(self) -> Value | None:
        """The verdict on the working tree, if it came to one."""
        return dict(self.values).get(TODAY)

    @property
    def failed(self) -> tuple[tuple[str, Value], ...]:
        """The verdicts on the versions that are known to have failed."""
        return tuple(pair for pair in self.values if pair[0] != TODAY)

    @property
    def stands(self) -> bool:
        """Whether the guard sees the failure where it was, and not where it was mended."""
        seen = bool(self.failed) and all(value is Value.RECURS for _, value in self.failed)
        return seen and self.today is Value.HOLDS

    @property
    def says(self) -> str:
        """What the verdicts mean together, for a person."""
        if self.stands:
            return "proven: the guard sees the failure, and today's version is free of it"
        if self.today is Value.RECURS:
            return "not proven: the failure is in today's version too"
        if any(value is Value.HOLDS for _, value in self.failed):
            return "not proven: the guard does not see the failure in the version that had it"
        if not self.failed or self.today is None:
            return "not proven: one of the two versions was not rehearsed"
        return "not proven: a verdict is unknown"


def proofs(finished: Iterable[GuardFinished]) -> tuple[Proof, ...]:
    """Each guard once, in the order in which they first finished."""
    grouped: dict[tuple[str, int], list[GuardFinished]] = {}
    for one in finished:
        grouped.setdefault((str(one.report.path), one.guard.location.line), []).append(one)
    return tuple(
        Proof(group[0], tuple((one.version, one.verdict.value) for one in group))
        for group in grouped.values()
    )


def proof_lines(found: Iterable[Proof], page: Page) -> list[Text]:
    """For each guard its title, a line with each version's verdict, and what it means."""
    lines: list[Text] = []
    for one in found:
        title = Text(title_of(one.first.report), style="bold")
        kind = f" {page.marks.dot} {one_line(one.first.guard.kind)}"
        lines += [Text(), *wrap(title.append(kind, style=LABEL), page.width)]
        names = [(name, value, "recurs") for name, value in one.failed]
        names += [("today", one.today, "holds")] if one.today else []
        width = max((len(name) for name, _, _ in names), default=0)
        for name, value, wanted in names:
            lines.append(_version(one_line(name).ljust(width), value, wanted, page))
        style = STYLES[Value.HOLDS if one.stands else Value.UNKNOWN]
        lines += wrap(Text(one.says, style=style), page.width, Text("  = "))
    return lines


def _version(name: str, value: Value, wanted: str, page: Page) -> Text:
    line = Text.assemble(f"  {name}  ", (f"{page.marks.of(value)} {value.value}", STYLES[value]))
    if value.value != wanted:
        line.append(f"  (should be {wanted})", style=LABEL)
    return line
