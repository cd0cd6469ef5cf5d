"""Which accusations are asked again, so that every finding is confirmed and no round grows long."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

MOST_CONFIRMED = 10


class Grouped(Protocol):
    """Whatever is told as one finding with all that has the same group."""

    @property
    def group(self) -> Hashable:
        """What accusations that make one finding have in common."""


_Accusing = TypeVar("_Accusing", bound=Grouped)


def first_of_each(
    found: Sequence[_Accusing], situation: Callable[[_Accusing], Hashable]
) -> tuple[_Accusing, ...]:
    """For each finding its first situation, then further ones, some ten at the most.

    `situation` says what must be brought about to see an accusation again; one of each is enough.
    """
    firsts: dict[Hashable, _Accusing] = {}
    for one in found:
        firsts.setdefault(one.group, one)
    chosen = {situation(one): one for one in firsts.values()}
    for one in found:
        if len(chosen) < MOST_CONFIRMED:
            chosen.setdefault(situation(one), one)
    return tuple(chosen.values())
