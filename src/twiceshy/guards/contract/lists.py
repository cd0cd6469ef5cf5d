"""Which rows the items of an answer's lists are, as far as their keys tell."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from twiceshy.guards.contract.circumstances import gone
from twiceshy.guards.contract.shapes import around

if TYPE_CHECKING:
    from twiceshy.guards.contract.circumstances import Circumstances
    from twiceshy.model.history import PlantedRow

# Shorter keys may stand in an answer by chance.
_TELLING_KEY = 4


def hides_a_row(there: Circumstances) -> bool:
    """Whether a planted row that is still there is no longer an item of a list, though it was."""
    away = gone(there)
    shown_after = {text for texts in there.after.values.values() for text in texts}
    for row in there.run.planted:
        value = _key_of(there, row)
        if row.table not in away and len(value) >= _TELLING_KEY and value not in shown_after:
            name = there.survey.catalogue.table(row.table).primary_key[0]
            places = [p for p, texts in there.before.values.items() if value in texts]
            if any(_is_item_of_its_own(place, name, there) for place in places):
                return True
    return False


def is_list_of_parent(path: str, there: Circumstances) -> bool:
    """Whether a list stands beside the key of the row that the missing value pointed at.

    Then it is the list of those that point there, however they were brought together.
    """
    one = there.missing
    parents = {
        edge.parent
        for edge in there.survey.ownership.edges
        if edge.table == one.table and one.column in edge.columns
    }
    keys = {_key_of(there, row) for row in there.run.planted if row.table in parents} - {""}
    return any(keys & set(texts) for texts in _beside(path, there))


def _key_of(there: Circumstances, row: PlantedRow) -> str:
    """The value of a key of one column; "" for any other."""
    key = there.survey.catalogue.table(row.table).primary_key
    return (row.values.get(key[0]) or "") if len(key) == 1 else ""


def _is_item_of_its_own(path: str, name: str, there: Circumstances) -> bool:
    """Whether the item at which a key stands is that row, and not the missing one that names it.

    Nor is it one of a list inside the missing one: that list has gone with it.
    """
    item, _, rest = path.rpartition("[]")
    if rest != f".{name}":
        return False
    missing = [row for row in there.run.planted if row.table == there.missing.table]
    keys = {_key_of(there, row) for row in missing}
    inside = [texts for p, texts in there.before.values.items() if p.startswith(f"{item}[]")]
    inside += _beside(item, there)
    return bool(keys) and "" not in keys and not any(keys & set(texts) for texts in inside)


def _beside(path: str, there: Circumstances) -> list[tuple[str, ...]]:
    """The values that stand around a list: in the items and the object that it lies in."""
    outer = [path[: found.end()] for found in re.finditer(r"\[\]", path)]
    return [
        texts
        for other, texts in there.before.values.items()
        for item in (*outer, around(path))
        if other.startswith(item) and "[]" not in other.removeprefix(item)
    ]
