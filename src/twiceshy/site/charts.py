"""Pictures of counts: columns over time, and bars for shares. Each also comes as a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

from twiceshy.site.drawing import Attributes, percent, picture, tag, text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_HEIGHT = 150
_ROW = 34
_MOST = 12
"""Bars that are drawn; the table has all."""


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing, and the same figures as rows under columns; without rows nothing is known."""

    anchor: str
    heading: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    drawing: Markup | None = None
    note: str = ""


def periods(by_month: Mapping[str, int]) -> dict[str, int]:
    """Counts by month; by quarter where there would be more than 24, by year beyond 40 quarters."""
    if len(by_month) <= 24:
        return dict(by_month)
    quarters: dict[str, int] = {}
    years: dict[str, int] = {}
    for month, count in by_month.items():
        year, _, number = month.partition("-")
        quarter = f"{year} Q{(int(number) + 2) // 3}"
        quarters[quarter] = quarters.get(quarter, 0) + count
        years[year] = years.get(year, 0) + count
    return quarters if len(quarters) <= 40 else years


def columns(label: str, counts: Mapping[str, int]) -> Markup:
    """A column for each period, its count above, some names of periods below."""
    most = max(counts.values(), default=0) or 1
    step = 1 / max(len(counts), 6)
    width = min(0.7 * step, 0.06)
    inside = [tag("line", class_="axis", x1="0", x2="100%", y1=_HEIGHT + 0.5, y2=_HEIGHT + 0.5)]
    every = max(1, -(-len(counts) // 6))
    for place, (name, count) in enumerate(counts.items()):
        middle = (place + 0.5) * step
        height = round((_HEIGHT - 24) * count / most, 1)
        hint = tag("title", Markup.escape(f"{name}: {count}"))
        if count:
            inside.append(
                tag(
                    "rect",
                    hint,
                    class_="column",
                    x=percent(middle - width / 2),
                    y=_HEIGHT - height,
                    width=percent(width),
                    height=height,
                    rx=2,
                )
            )
        if count and len(counts) <= 24:
            place_of: Attributes = {
                "x": percent(middle),
                "y": _HEIGHT - height - 6,
                "text_anchor": "middle",
            }
            inside.append(text(str(count), class_="figure", **place_of))
        if place % every == 0:
            inside.append(_below(name, middle, first=place == 0))
    return picture(label, _HEIGHT + 26, *inside, class_="columns")


def _below(name: str, middle: float, *, first: bool) -> Markup:
    if first:
        return text(name, x="0", y=_HEIGHT + 19, class_="quiet")
    return text(name, x=percent(middle), y=_HEIGHT + 19, class_="quiet", text_anchor="middle")


def bars(label: str, rows: Sequence[tuple[str, float, str, str]]) -> Markup:
    """A bar for each (name, amount, amount in words, class), the name above its bar."""
    most = max((amount for _, amount, _, _ in rows), default=0) or 1
    inside = []
    for place, (name, amount, says, class_) in enumerate(rows[:_MOST]):
        y = place * _ROW
        inside += [
            text(_cut(name), x="0", y=y + 14),
            text(says, x="100%", y=y + 14, class_="figure", text_anchor="end"),
            tag("rect", class_="track", x="0", y=y + 20, width="100%", height=6, rx=3),
        ]
        if amount:
            width = percent(amount / most)
            shape: Attributes = {"x": "0", "y": y + 20, "width": width, "height": 6, "rx": 3}
            inside.append(tag("rect", class_=f"bar {class_}".strip(), **shape))
    return picture(label, len(rows[:_MOST]) * _ROW, *inside, class_="bars")


def _cut(name: str) -> str:
    return name if len(name) <= 36 else f"{name[:35]}…"


def share(label: str, parts: Sequence[tuple[str, int, str]]) -> Markup:
    """One bar in parts of (name, count, class), with a legend under it."""
    total = sum(count for _, count, _ in parts) or 1
    inside = []
    x = 0.0
    for _, count, class_ in parts:
        if count:
            width: Attributes = {"x": percent(x), "width": percent(count / total)}
            inside.append(tag("rect", class_=f"part {class_}", y=0, height=22, **width))
        x += count / total
    y = 48
    for name, count, class_ in parts:
        inside += [
            tag("rect", class_=f"part {class_}", x="0", y=y - 11, width=12, height=12, rx=3),
            text(name, x="20", y=y),
            text(f"{count}", x="100%", y=y, class_="figure", text_anchor="end"),
        ]
        y += 26
    return picture(label, y - 10, *inside, class_="share")
