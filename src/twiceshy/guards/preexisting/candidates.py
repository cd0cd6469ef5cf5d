"""Which columns could hold the request's keys: what executed plans met, then what the schema says.

Evidence comes first. A comparison of a column with a key, in whatever form, names the column; a
join carries the key on; what a first query found may be looked up by a second one. Columns of
tables that the request reads without comparing are found by foreign keys, names, domains and equal
values.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from twiceshy.guards.preexisting.arrival import (
    ALONE,
    LEGITIMATE,
    REDUCED,
    arrival,
    number_of,
    varied,
)
from twiceshy.guards.preexisting.spelling import SEEN, form_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from twiceshy.guards.preexisting.spec import Spec
    from twiceshy.model.history import History, Observation, PlantedRow, Run, Statement
    from twiceshy.model.schema import QName
    from twiceshy.model.survey import Survey

    Place = tuple[QName, str]

_EQUALS = frozenset({"=", "~~", "~~*", "~", "~*"})
_TELLING = 6
_DEEPEST = 3
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A column that may hold a key: which value of the request, and in which form.

    `how` says how it was found, `statement` is the SQL that gave it away. One that was `carried`
    holds the value `literal`, which the row planted for `behind` has in `behind_column`.
    """

    table: QName
    column: str
    leaf: str
    form: str
    how: str
    statement: str = ""
    behind: Candidate | None = None
    behind_column: str = ""
    literal: str = ""

    @property
    def place(self) -> Place:
        """Table and column."""
        return self.table, self.column

    def __str__(self) -> str:
        """`guest_purchases.buyer_document`."""
        return f"{self.table}.{self.column}"

    @property
    def plant(self) -> str:
        """The name of the row that stands for it."""
        return f"there.{self}"

    @property
    def depth(self) -> int:
        """How many rows it takes to get there."""
        return 1 if self.behind is None else 1 + self.behind.depth


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


def candidates(spec: Spec, survey: Survey, history: History) -> tuple[Candidate, ...]:
    """All that are known by now, each column once, the best known first."""
    runs = [run for run in history if run.scenario.world == 0 and _counts(run)]
    found: dict[Place, Candidate] = {}
    for candidate in (
        *_compared(spec, survey, history, runs),
        *_opaque(spec, survey, history),
    ):
        found.setdefault(candidate.place, candidate)
    for candidate in _joined(survey, runs, tuple(found.values())):
        found.setdefault(candidate.place, candidate)
    own = written(spec, survey, history)
    for candidate in _carried(survey, runs, found, {place[0] for place in own}):
        found.setdefault(candidate.place, candidate)
    for candidate in (*_unique(survey, own), *_alike(survey, runs, own, found)):
        found.setdefault(candidate.place, candidate)
    return tuple(candidate for candidate in found.values() if not _skipped(spec, candidate))


def _counts(run: Run) -> bool:
    return run.problem is None and not run.scenario.topic.startswith(ALONE)


def _skipped(spec: Spec, candidate: Candidate) -> bool:
    return bool({str(candidate.table), str(candidate)} & set(spec.skip))


def statements(runs: Iterable[Run]) -> Iterator[tuple[Run, Observation, Statement]]:
    """Everything that was executed."""
    for run in runs:
        for seen in run.observations:
            for statement in seen.statements:
                yield run, seen, statement


# -- evidence ---------------------------------------------------------------------------------


def _compared(
    spec: Spec, survey: Survey, history: History, runs: Iterable[Run]
) -> Iterator[Candidate]:
    """Columns that met a key in an executed plan."""
    for run, _, statement in statements(runs):
        keys = keys_of(spec, survey, history, run)
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
    for run in legitimate_runs(history):
        times[number_of(run)] += 1
    for run, _, statement in statements(legitimate_runs(history)):
        number, keys = number_of(run), keys_of(spec, survey, history, run).values()
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


def _opaque(spec: Spec, survey: Survey, history: History) -> Iterator[Candidate]:
    for (table, column), values in opaque_values(spec, survey, history).items():
        statement = next(iter(values.values()))[1]
        how = "compared with a value that is made of the keys"
        yield Candidate(table, column, "", SEEN, how, statement)


def _joined(
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


def _carried(
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


# -- where the request itself writes its keys -------------------------------------------------


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


def _key_in(value: str, keys: Mapping[str, str], made_of_keys: set[str]) -> tuple[str, str] | None:
    """Which key a written value is, and in which form; None where it is none."""
    if value in made_of_keys:
        return "", SEEN
    forms = ((leaf, form_of(value, key)) for leaf, key in keys.items())
    return next(((leaf, form) for leaf, form in forms if form), None)


# -- schema -----------------------------------------------------------------------------------


def _unique(survey: Survey, own: Mapping[Place, tuple[str, str]]) -> Iterator[Candidate]:
    """Columns into which the request writes a key that only one row may hold: true duplicates."""
    for (table, column), (leaf, form) in own.items():
        if form != SEEN and survey.catalogue.table(table).is_unique((column,)):
            yield Candidate(table, column, leaf, form, "takes each key once, by a unique index")


def _alike(
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
