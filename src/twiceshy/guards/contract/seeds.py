"""Whether PostgreSQL and another storage hold the same rows to begin with, as far as it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twiceshy.guards.contract.asking import alters
from twiceshy.guards.contract.measuring import FAILS, GOOD, REFUSES, shapes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from twiceshy.guards.contract.measuring import Seen
    from twiceshy.guards.contract.shapes import Shape
    from twiceshy.model.history import Observation
    from twiceshy.model.survey import Survey

_NOT_FOUND = 404


def fails_here_only(before: Sequence[Shape], after: Sequence[Shape]) -> bool:
    """Whether PostgreSQL itself is the storage on which the request fails."""
    fails = all(shape.status_class == FAILS for shape in before)
    return fails and all(shape.status_class == GOOD for shape in after)


def has_no_row(seen: Observation, before: Shape, after: Shape) -> bool:
    """Whether an id of the seed was asked for, which the other storage does not know."""
    named = any(isinstance(value, str) for _, value in seen.step.slots)
    return named and before.status_class < REFUSES and after.status == _NOT_FOUND


def have_the_same_seed(
    survey: Survey, controls: Mapping[str, Sequence[Seen]], perturbed: Mapping[str, Sequence[Seen]]
) -> bool:
    """Whether the other storage holds the rows that PostgreSQL was seeded with, as far as it shows.

    It does where there is no seed, where some list is equally long on both, and where a request
    that nothing was written before finds on both what it asks for.
    """
    tables = {name for pairs in controls.values() for _, seen in pairs for name in seen.reads}
    known = [survey.catalogue.by_name.get(name) for name in tables]
    if not any(table is not None and table.rows > 0 for table in known):
        return True
    written = False
    for key, pairs in controls.items():
        before, after = shapes(pairs), shapes(perturbed.get(key, ()))
        facts = survey.requests[pairs[0][1].step.number]
        written = written or (alters(facts) and facts.template.method in {"POST", "PUT"})
        if before is None or after is None:
            continue
        if _equally_long(before[0], after[0]):
            return True
        worked = max(before[0].status_class, after[0].status_class) == GOOD
        if worked and not written and _asks_for_one(before[0], pairs[0][1]):
            return True
    return False


def _equally_long(before: Shape, after: Shape) -> bool:
    return any(
        place.items is not None
        and place.items.total > 0
        and path in after.places
        and after.places[path].items == place.items
        for path, place in before.places.items()
    )


def _asks_for_one(shape: Shape, seen: Observation) -> bool:
    return bool(seen.reads) and not any(place.items for place in shape.places.values())
