"""Finding the column of a slot by watching: a value like no other is sent, and SQL meets it.

Names in a path may say nothing of the database (`/articles/{slug}/comments/{nr}`). What the service
compares with the value that stood in the slot's place says it for certain, in any language.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from twiceshy.model.survey import Slot

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from twiceshy.model.history import Observation
    from twiceshy.model.schema import Catalogue

# A number fits most columns and most checks of a path, so it goes first.
_KINDS = ("20714{:05d}", "7e117a1e-0000-4000-8000-7e1170{:06d}", "twtelltale{:05d}")


@dataclass(frozen=True, slots=True)
class Telltale:
    """Values that stand for nothing, one for each slot whose column is sought."""

    values: Mapping[str, str]

    def met(self, seen: Observation, catalogue: Catalogue) -> tuple[Slot, ...]:
        """The slots whose values were compared with a column, each with the first such column.

        A column that tells rows apart comes before others.
        """
        found: dict[str, Slot] = {}
        for unique_only in (True, False):
            for name, value in self.values.items():
                for statement in seen.statements:
                    for met in statement.comparisons:
                        table = catalogue.by_name.get(met.table)
                        if (
                            met.value == value
                            and met.operator == "="
                            and table is not None
                            and (table.is_unique((met.column,)) or not unique_only)
                        ):
                            found.setdefault(name, Slot(name, met.table, met.column))
        return tuple(found.values())


def telltales(names: Sequence[str]) -> tuple[Telltale, ...]:
    """What to send in place of these slots, one after the other until it is met."""
    return tuple(
        Telltale({name: kind.format(number) for number, name in enumerate(names, 1)})
        for kind in _KINDS
    )
