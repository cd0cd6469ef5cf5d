"""How large tables are in production, and what a measured time becomes there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from twiceshy.model.scripts import Relation

USUAL = 6.0
"""How much larger production is taken to be where nobody has said it."""

# From repeated runs at one and at six times the size: sorting, caches and disks make the ratio of
# times half to three times that of rows.
_AT_LEAST, _AT_MOST = 0.5, 3.0


@dataclass(frozen=True, slots=True)
class Sizes:
    """`production` counts rows by relation; elsewhere the usual factor holds."""

    production: Mapping[str, int]
    relations: Mapping[str, Relation]

    def rows(self, name: str) -> int:
        """Rows on the stage."""
        relation = self.relations.get(name)
        return relation.rows if relation else 0

    def factor(self, name: str) -> float:
        """How many times larger it is in production."""
        relation = self.relations.get(name)
        while relation is not None:
            if relation.name in self.production and relation.rows:
                return self.production[relation.name] / relation.rows
            relation = self.relations.get(relation.parent)
        return USUAL

    def there(self, name: str) -> int:
        """Rows in production."""
        if name in self.production:
            return self.production[name]
        return round(self.rows(name) * self.factor(name))


def spread(milliseconds: float, factor: float) -> str:
    """The range of a time that grows with the table, in words."""
    low, high = milliseconds * factor * _AT_LEAST, milliseconds * factor * _AT_MOST
    if low < 1.0 and high < 10.0:
        return "a few ms"
    return f"{lasting(low)} to {lasting(high)}"


def lasting(milliseconds: float) -> str:
    """`80 ms`, `1.2 s`, `14 min`, `3.5 h`."""
    if milliseconds < 1:
        return "less than 1 ms"
    if milliseconds < 995:
        return f"{milliseconds:.0f} ms"
    seconds = milliseconds / 1000
    if seconds < 90:
        return f"{seconds:.1f} s"
    minutes = seconds / 60
    return f"{minutes:.0f} min" if minutes < 90 else f"{minutes / 60:.1f} h"
