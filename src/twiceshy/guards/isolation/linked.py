"""What goes with a link: a tag is gone from a note's page when nothing ties it to the note.

A row that only ties others together may take one of them from sight, as long as another is still
shown; when all of them are gone, a join has swallowed them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from twiceshy.model.history import PlantedRow
    from twiceshy.model.ownership import Ownership
    from twiceshy.model.schema import Catalogue


def goes_with_a_link(
    ownership: Ownership,
    table: str,
    row: PlantedRow,
    before: Sequence[PlantedRow],
    after: Sequence[PlantedRow],
    still_shown: Callable[[PlantedRow], bool],
) -> bool:
    """Whether `row` was tied to something by a row that is not there any more.

    `before` are the actor's rows with a row in `table`, `after` those without.
    """
    kept = {other.plant for other in after}
    for link in before:
        if link.plant in kept or link.table not in ownership.links:
            continue
        tied = _parents(ownership.catalogue, link, before)
        if not any(other.plant == row.plant for other in tied):
            continue
        others = [other for other in tied if other.plant != row.plant]
        if str(link.table) == table:
            if any(other.plant in kept and still_shown(other) for other in others):
                return True
        elif any(str(other.table) == table for other in others):
            return True
    return False


def _parents(catalogue: Catalogue, row: PlantedRow, rows: Sequence[PlantedRow]) -> list[PlantedRow]:
    keys = catalogue.table(row.table).foreign_keys
    return [
        other
        for other in rows
        for key in keys
        if key.parent == other.table
        and all(
            row.values.get(column) is not None
            and row.values.get(column) == other.values.get(parent)
            for column, parent in zip(key.columns, key.parent_columns, strict=True)
        )
    ]
