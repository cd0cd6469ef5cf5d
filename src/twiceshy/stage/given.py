"""Values that people give for planted rows, under [rows.<table>] of the configuration."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from twiceshy.errors import ConfigurationError, Location, nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from twiceshy.config.project import Project
    from twiceshy.model.schema import Catalogue, QName


@dataclass(frozen=True, slots=True)
class GivenRow:
    """`fixed` values hold for each row of a table; of `choices` a row takes the first that fits."""

    fixed: Mapping[str, str | None] = field(default_factory=dict)
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def given_rows(project: Project, catalogue: Catalogue) -> dict[QName, GivenRow]:
    """What the configuration gives, by table.

    Raises ConfigurationError for a table or a column that is not there.
    """
    found: dict[QName, GivenRow] = {}
    names = [str(table.name) for table in catalogue.tables]
    for name, columns in project.rows.items():
        table = catalogue.find(name)
        if table is None:
            raise _unknown(project, f"rows.{name}", f"There is no table {name}", name, names)
        settable = [column.name for column in table.columns if not column.generated]
        for column in columns:
            if column not in settable:
                says = f"There is no column {column} of {name} that can be set"
                raise _unknown(project, f"rows.{name}.{column}", says, column, settable)
        found[table.name] = GivenRow(
            {key: _text(value) for key, value in columns.items() if not isinstance(value, list)},
            {
                key: tuple(_text(item) for item in value)
                for key, value in columns.items()
                if isinstance(value, list)
            },
        )
    return found


def _text(value: object) -> str:
    """As PostgreSQL reads it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _unknown(
    project: Project, key: str, says: str, name: str, known: list[str]
) -> ConfigurationError:
    near = nearest(name, known)
    return ConfigurationError(
        says,
        location=Location(project.file, project.origin.get(key, 0)),
        key=key,
        todo=f"Did you mean {near}?" if near else "Known: " + ", ".join(known[:20]) + ".",
    )
