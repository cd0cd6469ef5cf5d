"""Rows of a stage's database, read as text: by condition, and those that an actor is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from twiceshy.errors import ConfigurationError
from twiceshy.model.schema import quoted
from twiceshy.postgres.connect import literal
from twiceshy.stage.rows import relation

if TYPE_CHECKING:
    from twiceshy.config.project import ActorConfig, Project
    from twiceshy.model.schema import QName
    from twiceshy.model.survey import Row
    from twiceshy.stage.stage import Stage

_ROW = re.compile(r'\s*([\w."]+)\.([\w"]+)\s*=\s*(.+?)\s*')


def rows(stage: Stage, table: QName, condition: str, limit: int) -> list[Row]:
    """Rows that meet an SQL condition, values as text, by primary key."""
    facts = stage.catalogue.table(table)
    columns = ", ".join(f"{quoted(name)}::text" for name in facts.column_names)
    order = ", ".join(quoted(name) for name in facts.primary_key) or "1"
    source = relation(table)
    sql = f"SELECT {columns} FROM {source} WHERE {condition} ORDER BY {order} LIMIT {limit}"  # noqa: S608 - names come quoted from the catalogue
    found = stage.world.connection.execute(sql).fetchall()
    return [dict(zip(facts.column_names, map(_text, row), strict=True)) for row in found]


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def rows_of_actor(
    project: Project, stage: Stage, name: str, actor: ActorConfig
) -> tuple[tuple[QName, Row], ...]:
    """The rows that an actor is, as `actors.<name>.row` says.

    Raises ConfigurationError when the text, the table or the row is not there.
    """
    texts = [actor.row] if isinstance(actor.row, str) else list(actor.row)
    return tuple(_row(project, stage, name, text) for text in texts if text)


def _row(project: Project, stage: Stage, name: str, text: str) -> tuple[QName, Row]:
    key = f"actors.{name}.row"
    found = _ROW.fullmatch(text)
    table = found and stage.catalogue.find(found[1].replace('"', ""))
    if not found or not table:
        raise ConfigurationError(
            f"The row of {name} names no table of the database",
            location=project.location(key),
            key=key,
            seen=text,
            todo="tables: " + ", ".join(str(t.name) for t in stage.catalogue.tables),
        )
    column = found[2].replace('"', "")
    if column not in table.column_names:
        raise ConfigurationError(
            f"The row of {name} names no column of {table.name}",
            location=project.location(key),
            key=key,
            seen=text,
            todo="columns: " + ", ".join(table.column_names),
        )
    value = found[3].strip("'\"")
    met = rows(stage, table.name, f"{quoted(column)}::text = {literal(value)}", limit=1)
    if not met:
        raise ConfigurationError(
            f"There is no row {text}",
            location=project.location(key),
            key=key,
            seen=f"{table.name} was looked at after the seed had run",
            todo="let the seed make it, or name a row that exists",
        )
    return table.name, met[0]
