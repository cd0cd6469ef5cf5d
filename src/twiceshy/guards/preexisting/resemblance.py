"""Columns that by schema, data or name may hold what the request writes."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from twiceshy.guards.preexisting.arrival import leaves
from twiceshy.guards.preexisting.candidate import Candidate, statements
from twiceshy.guards.preexisting.spelling import SEEN, in_form, is_secret, look_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from twiceshy.guards.preexisting.candidate import Place
    from twiceshy.model.history import Run
    from twiceshy.model.survey import Survey


def unique(survey: Survey, own: Mapping[Place, tuple[str, str]]) -> Iterator[Candidate]:
    """Columns into which the request writes a key that only one row may hold: true duplicates."""
    for (table, column), (leaf, form) in own.items():
        if form != SEEN and survey.catalogue.table(table).is_unique((column,)):
            yield Candidate(table, column, leaf, form, "takes each key once, by a unique index")


def alike(
    survey: Survey,
    runs: Iterable[Run],
    own: Mapping[Place, tuple[str, str]],
    known: Mapping[Place, Candidate],
) -> Iterator[Candidate]:
    """Columns like those which the request writes, in tables that it reads."""
    read = {table for _, _, statement in statements(runs) for table in statement.reads}
    met = {place[0] for place in known}
    for place, (leaf, form), why in resembling(survey, own):
        if place[0] in read and place[0] not in met:
            yield Candidate(*place, leaf, form, why)


def of_its_look(
    survey: Survey,
    runs: Iterable[Run],
    own: Mapping[Place, tuple[str, str]],
    known: Mapping[Place, Candidate],
) -> Iterator[Candidate]:
    """Columns whose values look like a key, in tables that are read and of which no more is known.

    The service may compare them itself.
    """
    read = {table for _, _, statement in statements(runs) for table in statement.reads}
    met = {place[0] for place in own}
    met |= {candidate.table for candidate in known.values() if not candidate.by_schema}
    given = {leaf.name: leaf.value for leaf in leaves(survey.requests[0].template)}
    for there, sample in survey.likeness.samples.items():
        if there[0] not in read - met or is_secret(there[1]):
            continue
        for place, (leaf, form) in own.items():
            if form != SEEN and look_of(in_form(given[leaf], form)) == look_of(sample):
                how = f"looks like {place[0]}.{place[1]}"
                yield Candidate(*there, leaf, form, how)


def resembling(
    survey: Survey, own: Mapping[Place, tuple[str, str]]
) -> Iterator[tuple[Place, tuple[str, str], str]]:
    """Columns of other tables that by schema or data may hold what the request writes."""
    tables = {place[0] for place in own}
    for place, key in own.items():
        facts = survey.catalogue.table(place[0])
        mine = facts.column(place[1])
        for table in survey.catalogue.tables:
            if table.name in tables:
                continue
            for column in table.columns:
                there = table.name, column.name
                same = _SORTS.get(mine.base, mine.base) == _SORTS.get(column.base, column.base)
                number = column.base in {"int4", "int8", "numeric"}
                if not (same or number) or column.generated:
                    continue
                why = _why_alike(survey, place, there, key[0])
                if why:
                    yield there, key, f"{why} {place[0]}.{place[1]}"


_SORTS = {"varchar": "text", "bpchar": "text", "citext": "text", "int4": "int8"}


def _why_alike(survey: Survey, mine: Place, there: Place, leaf: str) -> str:
    if frozenset({mine, there}) in survey.likeness.alike:
        return "holds values of"
    if _parents(survey, mine) & (_parents(survey, there) | {there}):
        return "refers to the same column as"
    one, other = (survey.catalogue.table(place[0]).column(place[1]) for place in (mine, there))
    if one.domain and one.domain == other.domain:
        return f"is of the domain {one.domain}, as is"
    words = {_last_words(mine[1]), _last_words(leaf.rpartition(".")[2])}
    theirs = _last_words(there[1])
    if any(word and (theirs == word or theirs.endswith(f"_{word}")) for word in words):
        return "is called like"
    return ""


@lru_cache(maxsize=16384)
def _last_words(name: str) -> str:
    snake = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
    return re.sub(r"_(number|no|nr|address|value)$", "", snake) if snake != "id" else ""


def _parents(survey: Survey, place: Place) -> set[Place]:
    return {
        (key.parent, parent)
        for key in survey.catalogue.table(place[0]).foreign_keys
        for column, parent in zip(key.columns, key.parent_columns, strict=True)
        if column == place[1]
    }
