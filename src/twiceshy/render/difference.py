"""Two texts compared, line by line and within a line. Pure text, no colours."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

CONTEXT = 3
"""Equal lines that are kept around a change."""

Change = Literal["same", "changed", "removed", "added", "skipped"]


@dataclass(frozen=True, slots=True)
class Pair:
    """A line of the left text beside its counterpart; `skipped` counts equal lines left out."""

    change: Change
    left: str = ""
    right: str = ""
    skipped: int = 0


def pairs(left: str, right: str) -> tuple[Pair, ...]:
    """The lines of both texts side by side; long equal stretches become one `skipped`."""
    before, after = left.splitlines(), right.splitlines()
    found: list[Pair] = []
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for _, start, end, other, other_end in matcher.get_opcodes():
        if before[start:end] == after[other:other_end]:
            last = end == len(before) and other_end == len(after)
            found += _equal(before[start:end], first=start == 0 and other == 0, last=last)
            continue
        found += _changed(before[start:end], after[other:other_end])
    return tuple(found)


def _changed(before: list[str], after: list[str]) -> list[Pair]:
    both = min(len(before), len(after))
    found = [Pair("changed", before[place], after[place]) for place in range(both)]
    found += [Pair("removed", left=line) for line in before[both:]]
    return found + [Pair("added", right=line) for line in after[both:]]


def _equal(lines: list[str], *, first: bool, last: bool) -> list[Pair]:
    head = 0 if first else CONTEXT
    tail = 0 if last else CONTEXT
    if (first and last) or len(lines) <= head + tail + 1:
        return [Pair("same", line, line) for line in lines]
    kept = [Pair("same", line, line) for line in lines[:head]]
    kept.append(Pair("skipped", skipped=len(lines) - head - tail))
    return kept + [Pair("same", line, line) for line in lines[len(lines) - tail :]]


def differing(left: str, right: str) -> tuple[tuple[int, int], tuple[int, int]]:
    """Where two lines differ, as (start, end) in each: what is left without equal ends."""
    shorter = min(len(left), len(right))
    start = next((at for at in range(shorter) if left[at] != right[at]), shorter)
    end = 0
    while end < shorter - start and left[-1 - end] == right[-1 - end]:
        end += 1
    return (start, len(left) - end), (start, len(right) - end)


def occurrences(line: str, wanted: tuple[str, ...]) -> list[tuple[int, int]]:
    """Every place of every wanted text in `line`, in order, overlaps merged."""
    found: list[tuple[int, int]] = []
    for text in wanted:
        at = line.find(text) if text else -1
        while at >= 0:
            found.append((at, at + len(text)))
            at = line.find(text, at + len(text))
    merged: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def window(line: str, spans: list[tuple[int, int]], limit: int) -> tuple[int, int]:
    """The part of a long line to show: at most `limit` characters, the first span among them."""
    if len(line) <= limit:
        return 0, len(line)
    start = max(0, (spans[0][0] if spans else 0) - limit // 4)
    start = min(start, len(line) - limit)
    return start, start + limit
