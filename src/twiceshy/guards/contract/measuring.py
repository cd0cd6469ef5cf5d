"""Answers as measures: which belong together, and which can be compared with at all."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from twiceshy.guards.contract.asking import BEFORE
from twiceshy.guards.contract.shapes import Shape, shape_of
from twiceshy.model.history import NoReply

if TYPE_CHECKING:
    from collections.abc import Sequence

    from twiceshy.model.history import Observation, Run

    Seen = tuple[Run, Observation]

GOOD, REFUSES, FAILS = 2, 4, 5
"""Classes of status."""

# Answers that are as good as all of them, where one was lost on the way.
_ENOUGH = 2
_BROKE_OFF = frozenset({"reset", "garbage", "timeout"})


def by_key(runs: Sequence[Run], role: str, state: str | None = None) -> dict[str, list[Seen]]:
    """Observations of the runs in that role, by the question that was asked."""
    found: dict[str, list[Seen]] = defaultdict(list)
    for run in runs:
        if run.scenario.role == role and state in {None, run.scenario.state.name}:
            for seen in run.observations:
                if BEFORE not in seen.step.key:
                    found[seen.step.key].append((run, seen))
    return found


def shapes(pairs: Sequence[Seen]) -> tuple[Shape, ...] | None:
    """The shape of each answer; None where one is not known and fewer than two are."""
    found = [shape_of(seen.answer) for _, seen in pairs]
    known = tuple(shape for shape in found if isinstance(shape, Shape))
    enough = len(known) == len(found) or len(known) >= _ENOUGH
    return known if known and enough else None


def outcomes(pairs: Sequence[Seen]) -> tuple[Shape, ...] | None:
    """As `shapes`, where no answer at all is an outcome too: who was answered before notices."""
    lost = [
        Shape(0, "", f"no answer ({seen.answer.says})")
        for _, seen in pairs
        if isinstance(seen.answer, NoReply) and seen.answer.kind in _BROKE_OFF
    ]
    return tuple(lost) if lost and len(lost) == len(pairs) else shapes(pairs)


def is_measure(before: Sequence[Shape], after: Sequence[Shape]) -> bool:
    """Whether the controls can serve as a measure: answers that worked.

    Where they were refused, this much can be said: it must not fail altogether.
    """
    if all(shape.status_class < REFUSES for shape in before):
        return True
    refused = all(shape.status_class == REFUSES for shape in before)
    return refused and all(shape.status_class in {REFUSES, FAILS} for shape in after)
