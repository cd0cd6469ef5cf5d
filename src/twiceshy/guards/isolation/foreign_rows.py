"""The third oracle: rows of the other are as they were after my requests.

A new row that hangs on one of theirs is often meant: a comment, a message. It is not where I may
not even see the row that it hangs on.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from twiceshy.guards.isolation.asked import by_key
from twiceshy.model.history import Reply
from twiceshy.model.scenario import PlantKey

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from twiceshy.guards.isolation.spec import Spec
    from twiceshy.model.history import History, Observation, RowChange, Run
    from twiceshy.model.schema import QName
    from twiceshy.model.survey import Survey

_BAD = 400


def changed_rows(
    spec: Spec, survey: Survey, runs: list[Run], private: Collection[QName]
) -> Iterator[tuple[str, Run, Observation, tuple[RowChange, ...]]]:
    """Questions after which, every time, rows of the other were not as before."""
    idle = {
        (change.table, change.operation)
        for run in runs
        for observation in run.observations
        if observation.step.key.startswith("idle")
        for change in observation.changes
    }
    for key, pairs in by_key(runs, "perturbed", spec.as_actor).items():
        hits = []
        for run, observation in pairs:
            changes = tuple(
                change
                for change in observation.changes
                if (change.table, change.operation) not in idle
                and (
                    _altered(spec, survey, run, change)
                    or _attached(spec, survey, run, change, private)
                )
            )
            if changes:
                hits.append((run, observation, changes))
        if pairs and len(hits) == len(pairs):
            yield key, *hits[0]


def _altered(spec: Spec, survey: Survey, run: Run, change: RowChange) -> bool:
    return (
        change.operation in {"update", "delete"}
        and change.old != change.new
        and whose(survey, run, change) == spec.against
    )


def _attached(
    spec: Spec, survey: Survey, run: Run, change: RowChange, private: Collection[QName]
) -> bool:
    table, new = survey.catalogue.by_name.get(change.table), change.new
    if change.operation != "insert" or table is None or new is None:
        return False
    return any(
        _values(new, key.columns) == _values(planted.values, key.parent_columns)
        for key in table.foreign_keys
        if key.parent in private
        for planted in run.planted
        if planted.table == key.parent and planted.owner == spec.against
    )


def _values(row: Mapping[str, str | None], names: tuple[str, ...]) -> list[str | None]:
    return [row.get(name) for name in names]


def private_tables(spec: Spec, history: History) -> frozenset[QName]:
    """Tables of which the actor is refused every row of the other when asking for it by its id."""
    refused: dict[QName, set[bool]] = defaultdict(set)
    for run in history:
        if run.scenario.topic != "swap" or run.scenario.role != "perturbed":
            continue
        tables = {row.plant: row.table for row in run.planted if row.owner == spec.against}
        for seen in run.observations:
            named = {
                tables[key.plant]
                for _, key in seen.step.slots
                if isinstance(key, PlantKey) and key.plant in tables
            }
            if len(named) == 1 and isinstance(seen.answer, Reply):
                refused[named.pop()].add(seen.answer.status >= _BAD)
    return frozenset(table for table, answers in refused.items() if answers == {True})


def whose(survey: Survey, run: Run, change: RowChange) -> str | None:
    """The actor whose row was changed: a planted row's owner, or who held it at the snapshot."""
    row = change.old or change.new or {}
    table = survey.catalogue.by_name.get(change.table)
    key = table.primary_key if table else ()
    identity = tuple(row.get(name) for name in key)
    for planted in run.planted:
        if planted.table == change.table and planted.owner:
            same = tuple(planted.values.get(name) for name in key)
            if (key and same == identity) or (not key and _same(planted.values, row)):
                return planted.owner
    return survey.holdings.get(change.table, {}).get(identity) if key else None


def _same(left: Mapping[str, str | None], right: Mapping[str, str | None]) -> bool:
    return all(right.get(name) == value for name, value in left.items())
