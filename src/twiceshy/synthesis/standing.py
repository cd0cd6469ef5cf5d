"""On which rungs the columns of a row stand, after what refusals taught."""

from __future__ import annotations

from heapq import heappop, heappush
from typing import TYPE_CHECKING

from twiceshy.synthesis.ladder import COMPUTED, FRESH

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from twiceshy.synthesis.ladder import Rung

# One refusal: these columns must not stand on these rungs together.
Ban = frozenset[tuple[str, int]]

_MOST_STEPS = 20_000
# So few columns are searched by steps down in sum; for more that would take too much room.
_FEW = 3


def standing(ladders: Mapping[str, Sequence[Rung]], bans: Sequence[Ban]) -> dict[str, int] | None:
    """A place for each column that some ban names, as high as can be; None when there is none.

    Columns that no ban names together do not depend on each other, so each such group is searched
    by itself.
    """
    alone = {next(iter(ban)) for ban in bans if len(ban) == 1}
    shared = [ban for ban in dict.fromkeys(bans) if len(ban) > 1 and ban.isdisjoint(alone)]
    chosen: dict[str, int] = {}
    for group in _groups(bans):
        order = sorted(group, key=lambda name: (-_first_fresh(ladders[name]), name))
        # What can be made new turns first; a kind or a flag is rather left as it is.
        options = [
            [place for place in _places(ladders[name]) if (name, place) not in alone]
            for name in order
        ]
        own = [ban for ban in shared if next(iter(ban))[0] in group]
        found = _search(order, options, own)
        if found is None:
            return None
        chosen.update(found)
    return chosen


def _groups(bans: Sequence[Ban]) -> list[set[str]]:
    """The columns that bans name, those together that some ban names together."""
    groups: list[set[str]] = []
    for ban in dict.fromkeys(bans):
        names = {name for name, _ in ban}
        touched = [group for group in groups if group & names]
        groups = [group for group in groups if not group & names]
        groups.append(names.union(*touched))
    return groups


def _search(
    order: Sequence[str], options: Sequence[list[int]], bans: Sequence[Ban]
) -> dict[str, int] | None:
    if not all(options):
        return None
    forbidden: dict[str, list[Ban]] = {name: [] for name in order}
    for ban in bans:
        forbidden[max((name for name, _ in ban), key=order.index)].append(ban)
    ways = _by_sum(order, options) if len(order) <= _FEW else _by_depth(order, options, forbidden)
    for _, way in zip(range(_MOST_STEPS), ways, strict=False):
        if way is not None and not any(ban <= way.items() for ban in bans):
            return way
    return None


def _by_sum(order: Sequence[str], options: Sequence[list[int]]) -> Iterator[dict[str, int]]:
    """Every combination, those with the fewest steps down first; the last column turns first."""
    start = (0,) * len(order)
    heap = [(0, start)]
    seen = {start}
    while heap:
        steps, places = heappop(heap)
        pairs = zip(order, places, strict=True)
        yield {name: options[n][place] for n, (name, place) in enumerate(pairs)}
        for n, place in enumerate(places):
            below = (*places[:n], place + 1, *places[n + 1 :])
            if place + 1 < len(options[n]) and below not in seen:
                seen.add(below)
                heappush(heap, (steps + 1, below))


def _by_depth(
    order: Sequence[str], options: Sequence[list[int]], forbidden: Mapping[str, list[Ban]]
) -> Iterator[dict[str, int] | None]:
    """Combinations by depth first, without the branches that are forbidden; None for such."""
    chosen: dict[str, int] = {}

    def descend(depth: int) -> Iterator[dict[str, int] | None]:
        if depth == len(order):
            yield dict(chosen)
            return
        name = order[depth]
        for place in options[depth]:
            chosen[name] = place
            if any(ban <= chosen.items() for ban in forbidden[name]):
                yield None
            else:
                yield from descend(depth + 1)
        del chosen[name]

    return descend(0)


def _places(rungs: Sequence[Rung]) -> list[int]:
    """From the top down; first what was worked out, the latest first."""
    computed = [place for place, rung in enumerate(rungs) if rung.source == COMPUTED]
    return [*reversed(computed), *range(len(rungs) - len(computed))]


def _first_fresh(rungs: Sequence[Rung]) -> int:
    fresh = (place for place, rung in enumerate(rungs) if rung.source == FRESH)
    return next(fresh, len(rungs))
