"""SQL to paste into production: it only reads, and counts who would meet the failure today."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twiceshy.guards.preexisting.spelling import SEEN, is_hashed
from twiceshy.model.schema import quoted

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from twiceshy.guards.preexisting.candidate import Candidate
    from twiceshy.model.schema import Catalogue, QName

    Place = tuple[QName, str]


def census(
    candidate: Candidate,
    own: Mapping[Place, tuple[str, str]],
    conditions: Iterable[str],
    *,
    email: bool,
) -> str:
    """How many keys stand in the overlooked column of people who are not registered themselves."""
    source, key = _source(candidate)
    what = candidate.leaf or "the key"
    lines = [
        f"-- Reads only. How many values of {what} are known to {candidate.table} alone:",
        "-- whoever comes with one of them would not be let in today.",
        f"SELECT count(DISTINCT {_plain(key, email=email)}) AS would_be_refused",
        *source,
        f"WHERE {key} IS NOT NULL",
        *(f"  AND {condition}" for condition in conditions),
    ]
    home = _home(candidate, own)
    if home is None:
        lines.insert(2, "-- Those who are registered already are among them: the keys are hashed.")
    else:
        table, there = home[0], f"w.{quoted(home[1])}"
        lines += [
            "  AND NOT EXISTS (",
            f"    SELECT 1 FROM {table.sql} AS w",  # noqa: S608 - for people, names quoted
            f"    WHERE {_plain(there, email=email)}",
            f"        = {_plain(key, email=email)}",
            "  )",
        ]
    return "\n".join(lines) + ";"


def condition(catalogue: Catalogue, table: QName, column: str, values: Collection[str]) -> str:
    """SQL for rows in whose column one of these values stands, where the others do no harm."""
    facts = catalogue.table(table).column(column)
    if facts.base in {"date", "timestamp", "timestamptz"}:
        return f"t.{quoted(column)} IS {'NULL' if 'NULL' in values else 'NOT NULL'}"
    texts = ", ".join("'" + value.replace("'", "''") + "'" for value in values)
    return f"t.{quoted(column)}::text IN ({texts})"


def _home(candidate: Candidate, own: Mapping[Place, tuple[str, str]]) -> Place | None:
    if candidate.form == SEEN or is_hashed(candidate.form):
        return None
    fitting = [place for place, (leaf, form) in own.items() if leaf == candidate.leaf]
    readable = [place for place in fitting if not is_hashed(own[place][1])]
    return readable[0] if readable else None


def _source(candidate: Candidate) -> tuple[list[str], str]:
    """FROM and JOIN, and the expression of the key. `t` is the overlooked table."""
    if candidate.behind is None:
        return [f"FROM {candidate.table.sql} AS t"], f"t.{quoted(candidate.column)}"
    lines = [f"FROM {candidate.table.sql} AS t"]
    here, alias, number = candidate, "t", 1
    while here.behind is not None:
        behind, name = here.behind, f"b{number}"
        lines.append(
            f"JOIN {behind.table.sql} AS {name}"
            f" ON {name}.{quoted(here.behind_column)} = {alias}.{quoted(here.column)}"
        )
        here, alias, number = behind, name, number + 1
    return lines, f"{alias}.{quoted(here.column)}"


def _plain(expression: str, *, email: bool) -> str:
    """The key without case, and without signs where people write it in several ways."""
    if email:
        return f"lower({expression}::text)"
    return f"regexp_replace(lower({expression}::text), '[^[:alnum:]]', '', 'g')"
