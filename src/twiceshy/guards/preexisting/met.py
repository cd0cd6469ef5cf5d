"""What executed plans met: columns compared with keys, joined with them, or led to by a row."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from twiceshy.guards.preexisting.arrival import (
    ALONE,
    LEGITIMATE,
    REDUCED,
    arrival,
    number_of,
    varied,
)
from twiceshy.guards.preexisting.candidate import Candidate, statements
from twiceshy.guards.preexisting.spelling import SEEN, form_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from twiceshy.guards.preexisting.candidate import Place
    from twiceshy.guards.preexisting.spec import Spec
    from twiceshy.model.history import History, PlantedRow, Run, Statement
    from twiceshy.model.schema import QName
    from twiceshy.model.survey import Survey

_EQUALS = frozenset({"=", "~~", "~~*", "~", "~*"})
_TELLING = 6
_DEEPEST = 3
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d")


def keys_of(spec: Spec, survey: Survey, history: History, run: Run) -> Mapping[str, str]:
    """The keys that a run's request carried."""
    changed = varied(spec, survey, history)
    if run.scenario.topic == LEGITIMATE:
        changed = varied(spec, survey, ())
    elif run.scenario.topic.startswith(ALONE):
        name = run.scenario.topic.removeprefix(ALONE)
        changed = tuple(leaf for leaf in varied(spec, survey, ()) if leaf.name == name)
    return arrival(spec, survey, changed, number_of(run)).keys


def legitimate_runs(history: History, world: int = 0) -> tuple[Run, ...]:
    """The controls that count: those with fewer values changed, once there are such."""
    reduced = any(run.scenario.topic == REDUCED for run in history)
    return tuple(
        run
        for run in history
        if run.scenario.world == world
        and run.scenario.role == "control"
        and run.scenario.topic == (REDUCED if reduced else LEGITIMATE)
    )


def compared(
    spec: Spec, survey: Survey, history: History, runs: Iterable[Run]
) -> Iterator[Candidate]:
    """Columns that met a key in an executed plan."""
    carried_by = {id(run): keys_of(spec, survey, history, run) for run in runs}
    for run, _, statement in statements(runs):
        keys = carried_by[id(run)]
        for met in statement.comparisons:
            if met.operator not in _EQUALS or met.table not in survey.catalogue.by_name:
                continue
            for leaf, value in keys.items():
                form = form_of(met.value, value)
                if form:
                    yield Candidate(
                        met.table, met.column, leaf, form,
                        f"compared with {leaf} {form}", statement.text,
                    )  # fmt: skip


def opaque_values(
    spec: Spec, survey: Survey, history: History
) -> dict[Place, dict[int, tuple[str, str]]]:
    """Columns met by values that follow the keys in a way that we cannot repeat.

    The values by the number of the request, each with its statement: other keys give another
    value, the same keys the same one.
    """
    met: defaultdict[Place, defaultdict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    told: dict[tuple[Place, int], tuple[str, str]] = {}
    times: defaultdict[int, int] = defaultdict(int)
    legitimate = legitimate_runs(history)
    for run in legitimate:
        times[number_of(run)] += 1
    carried_by = {id(run): keys_of(spec, survey, history, run).values() for run in legitimate}
    for run, _, statement in statements(legitimate):
        number, keys = number_of(run), carried_by[id(run)]
        for compared in statement.comparisons:
            if compared.operator != "=" or any(form_of(compared.value, key) for key in keys):
                continue
            place = compared.table, compared.column
            met[place][number].add(compared.value)
            told[place, number] = (compared.value, statement.text)
    return {
        place: {number: told[place, number] for number in numbers}
        for place, numbers in met.items()
        if place[0] in survey.catalogue.by_name
        and any(times[number] > 1 for number in numbers)
        and all(len(values) == 1 for values in numbers.values())
        and len({next(iter(values)) for values in numbers.values()}) == len(numbers) > 1
    }


def opaque(spec: Spec, survey: Survey, history: History) -> Iterator[Candidate]:
    """Columns that met something which is made of the keys."""
    for (table, column), values in opaque_values(spec, survey, history).items():
        statement = next(iter(values.values()))[1]
        how = "compared with a value that is made of the keys"
        yield Candidate(table, column, "", SEEN, how, statement)


def joined(
    survey: Survey, runs: Iterable[Run], known: tuple[Candidate, ...]
) -> Iterator[Candidate]:
    """Columns that a plan sets equal to one that holds a key."""
    by_place = {candidate.place: candidate for candidate in known}
    for _, _, statement in statements(runs):
        for join in statement.joins:
            pairs = ((join.table, join.column), (join.other, join.other_column))
            for here, there in (pairs, pairs[::-1]):
                first = by_place.get(here)
                if first and there[0] != here[0] and there[0] in survey.catalogue.by_name:
                    how = f"joined with {first}"
                    text = statement.text
                    yield replace(first, table=there[0], column=there[1], how=how, statement=text)


def carried(
    survey: Survey, runs: Iterable[Run], known: Mapping[Place, Candidate], own: set[QName]
) -> Iterator[Candidate]:
    """Columns that met a value of a row which we had planted: what a first query found leads on."""
    by_plant = {candidate.plant: candidate for candidate in known.values()}
    frontier = [run for run in runs if run.planted]
    for _ in range(_DEEPEST):
        new: list[Candidate] = []
        for run, _, statement in statements(frontier):
            for row in run.planted:
                first = by_plant.get(row.plant)
                if first is None or first.depth >= _DEEPEST or row.table in own:
                    continue
                new += _led_to(survey, statement, row, first)
        fresh = [one for one in new if one.plant not in by_plant]
        by_plant |= {one.plant: one for one in reversed(fresh)}
        yield from fresh
        if not fresh:
            return


def _led_to(
    survey: Survey, statement: Statement, row: PlantedRow, first: Candidate
) -> Iterator[Candidate]:
    values = {
        value: column
        for column, value in row.values.items()
        if value and len(value) >= _TELLING and not _MOMENT.match(value)
        and column != first.column
        and survey.catalogue.table(row.table).is_unique((column,))
    }  # fmt: skip
    for met in statement.comparisons:
        column = values.get(met.value)
        if column and met.table != row.table and met.table in survey.catalogue.by_name:
            how = f"looked up by {row.table}.{column} of the row found before"
            yield Candidate(
                met.table, met.column, first.leaf, first.form, how, statement.text,
                first, column, met.value,
            )  # fmt: skip
    for join in statement.joins:
        for here, there in (
            ((join.table, join.column), (join.other, join.other_column)),
            ((join.other, join.other_column), (join.table, join.column)),
        ):
            value = row.values.get(here[1])
            leads = here[0] == row.table != there[0] and here[1] in values.values()
            if leads and value and there[0] in survey.catalogue.by_name:
                how = f"joined with {row.table}.{here[1]}"
                yield Candidate(
                    there[0], there[1], first.leaf, first.form, how, statement.text,
                    first, here[1], value,
                )  # fmt: skip


def written(spec: Spec, survey: Survey, history: History) -> dict[Place, tuple[str, str]]:
    """Columns into which the legitimate request writes a key: leaf and form."""
    found: dict[Place, tuple[str, str]] = {}
    opaque = opaque_values(spec, survey, history)
    for run in legitimate_runs(history):
        keys = keys_of(spec, survey, history, run)
        seen_values = {
            values[number_of(run)][0] for values in opaque.values() if number_of(run) in values
        }
        for seen in run.observations:
            for change in seen.changes:
                if str(change.table) in spec.must_accept:
                    continue
                for column, value in (change.new or {}).items():
                    key = _key_in(value or "", keys, seen_values)
                    if key is not None:
                        found.setdefault((change.table, column), key)
    return found


def written_in_order(survey: Survey, history: History) -> tuple[QName, ...]:
    """Every table that the legitimate request writes, as far as is known in its order."""
    runs = legitimate_runs(history)
    told = (table for _, _, statement in statements(runs) for table in statement.writes)
    changed = (change.table for run in runs for seen in run.observations for change in seen.changes)
    known = dict.fromkeys((*told, *changed, *sorted(survey.requests[0].writes)))
    return tuple(table for table in known if table in survey.catalogue.by_name)


def _key_in(value: str, keys: Mapping[str, str], made_of_keys: set[str]) -> tuple[str, str] | None:
    """Which key a written value is, and in which form; None where it is none."""
    if value in made_of_keys:
        return "", SEEN
    forms = ((leaf, form_of(value, key)) for leaf, key in keys.items())
    return next(((leaf, form) for leaf, form in forms if form), None)
