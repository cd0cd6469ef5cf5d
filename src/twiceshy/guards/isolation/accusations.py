"""What the history of one world accuses a service of, before anything is confirmed."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from twiceshy.guards.canary import Sighting, sightings
from twiceshy.guards.difference import Difference, differences
from twiceshy.guards.isolation.asked import by_key
from twiceshy.guards.isolation.empty_view import empty_view, works
from twiceshy.guards.isolation.foreign_rows import changed_rows, private_tables
from twiceshy.guards.isolation.persons import account, shown_anyway
from twiceshy.model.history import Reply

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from twiceshy.guards.isolation.spec import Spec
    from twiceshy.model.history import History, Observation, PlantedRow, RowChange, Run
    from twiceshy.model.schema import QName
    from twiceshy.model.survey import Survey

    Pairs = list[tuple[Run, Observation]]

SHOWN = "foreign-data-shown"
DEPENDS = "depends-on-others"
CHANGED = "foreign-row-changed"
EMPTY_FAILS = "empty-view-fails"
EMPTY_HIDES = "empty-view-hides"
NONE_OF = "others:none of "


@dataclass(frozen=True, slots=True)
class Accusation:
    """One thing seen in one topic. `control` is what it was compared with, `compared` its topic."""

    rule: str
    topic: str
    number: int
    key: str
    run: Run
    seen: Observation
    control: Observation | None = None
    sightings: tuple[Sighting, ...] = ()
    differences: tuple[Difference, ...] = ()
    changes: tuple[RowChange, ...] = ()
    says: str = ""
    compared: str = ""

    @property
    def group(self) -> tuple[str, int]:
        """Accusations of one rule against one request are told as one finding."""
        return (self.rule, self.number)


def accusations(spec: Spec, survey: Survey, history: History, world: int) -> tuple[Accusation, ...]:
    """Everything that the runs of `world` show, canaries first."""
    runs = [run for run in history if run.scenario.world == world and run.problem is None]
    topics: dict[str, list[Run]] = defaultdict(list)
    for run in runs:
        topics[run.scenario.topic].append(run)
    found: list[Accusation] = []
    person = account(survey, spec.against, spec.as_actor)
    anyway = shown_anyway(spec, survey, history)
    private = private_tables(spec, history)
    for topic, group in topics.items():
        found += _shown(spec, topic, group, person, anyway)
        found += [
            Accusation(CHANGED, topic, seen.step.number, key, run, seen, changes=changes)
            for key, run, seen, changes in changed_rows(spec, survey, group, private)
        ]
        if topic.startswith("others:"):
            found += _depends(spec, topic, group)
    found += empty_accusations(spec, survey, topics)
    return tuple(found)


def theirs_in(
    spec: Spec, run: Run, observation: Observation, person: Sequence[PlantedRow] = ()
) -> tuple[Sighting, ...]:
    """Canaries of the other in an answer; `person` are rows that were there before the run."""
    if not isinstance(observation.answer, Reply):
        return ()
    rows = [row for row in run.planted if row.owner == spec.against]
    return sightings(observation.answer, (*rows, *person), observation.request)


def _shown(
    spec: Spec,
    topic: str,
    runs: list[Run],
    person: Sequence[PlantedRow],
    anyway: Mapping[int, frozenset[str]],
) -> Iterator[Accusation]:
    if topic.startswith("probe"):
        return
    controls = by_key(runs, "control", spec.as_actor)
    for key, pairs in by_key(runs, "perturbed", spec.as_actor).items():
        # Their canary among answers in a world without them cannot be theirs.
        innocent = {
            sighting.text
            for run, observation in controls.get(key, ())
            if topic.startswith("others:") and isinstance(observation.answer, Reply)
            for sighting in theirs_in(spec, pairs[0][0], observation)
        } | anyway.get(pairs[0][1].step.number, frozenset())
        for run, observation in pairs:
            theirs = theirs_in(spec, run, observation, person)
            seen = tuple(sighting for sighting in theirs if sighting.text not in innocent)
            if seen:
                control = controls[key][-1][1] if controls.get(key) else None
                yield Accusation(
                    SHOWN, topic, observation.step.number, key, run, observation, control, seen
                )
                break


def _depends(spec: Spec, topic: str, runs: list[Run]) -> Iterator[Accusation]:
    controls = by_key(runs, "control", spec.as_actor)
    for key, pairs in by_key(runs, "perturbed", spec.as_actor).items():
        before = [observation for _, observation in controls.get(key, ())]
        after = [observation for _, observation in pairs]
        # A step that was not quiet or answered from a cache proves nothing either way.
        if any(o.stale or not o.quiet for o in (*before, *after)):
            continue
        found = differences([o.answer for o in before], [o.answer for o in after])
        if found:
            run, seen = pairs[0]
            yield Accusation(
                DEPENDS, topic, seen.step.number, key, run, seen, before[0], differences=found
            )


def empty_accusations(
    spec: Spec, survey: Survey, topics: Mapping[str, list[Run]]
) -> Iterator[Accusation]:
    """The first oracle: with no rows of mine, all but those rows' own data stays.

    Who follows nobody has an empty feed, and who is no member gets nothing: rows that only relate
    a person to something may well decide what is shown.
    """
    relations = {str(table) for table in survey.ownership.relations}
    controls = {
        topic: by_key(runs, "control", spec.as_actor)
        for topic, runs in topics.items()
        if topic.startswith("others:")
    }
    for topic, asked in controls.items():
        if not topic.startswith(NONE_OF):
            continue
        table = topic.removeprefix(NONE_OF).partition(" / ")[0]
        for key, pairs in asked.items():
            two_of = partial(_two_of, controls, topic, key)
            for full in _with_a_row(spec, controls, topic, key):
                found = empty_view(
                    spec, table, full, pairs, two_of,
                    ownership=survey.ownership, hanging=_hanging(survey, table),
                    decides=table in relations or not _has_a_row(spec, table, full),
                )  # fmt: skip
                if found:
                    yield _empty_accusation(topic, key, full, pairs, found)
                    break


def _has_a_row(spec: Spec, table: str, full: Pairs) -> bool:
    """Whether the actor's row in `table` was really planted; PostgreSQL may have refused it."""
    name = f"{spec.as_actor}.{table}.1"
    return any(row.plant == name for run, _ in full for row in run.planted)


def _hanging(survey: Survey, table: str) -> frozenset[QName]:
    found = survey.catalogue.find(table)
    return frozenset(survey.ownership.descendants(found.name) if found else ())


def _empty_accusation(
    topic: str, key: str, full: Pairs, pairs: Pairs, found: tuple[str, str]
) -> Accusation:
    rule, says = found
    named = EMPTY_FAILS if rule == "fails" else EMPTY_HIDES
    run, seen = pairs[0]
    before, compared = full[0][1], full[0][0].scenario.topic
    return Accusation(
        named, topic, seen.step.number, key, run, seen, before, says=says, compared=compared
    )


def _with_a_row(
    spec: Spec, controls: Mapping[str, dict[str, Pairs]], topic: str, key: str
) -> Iterator[Pairs]:
    """Answers to compare those without a row with: in the full state, and in the next fuller one.

    The next fuller state lacks what hangs on the missing row as well, but has the row itself. Where
    the request fails in the full state, any fuller state in which it works will do.
    """
    one, _ = compared_with(topic)
    table = topic.removeprefix(NONE_OF).partition(" / ")[0]
    full = controls.get(one, {}).get(key, [])
    kept = _own_plants(spec, controls[topic][key])
    working = {
        name: asked[key]
        for name, asked in controls.items()
        if works(asked.get(key, [])) and kept <= _own_plants(spec, asked[key])
    }
    yield full if works(full) else next(iter(working.values()), [])
    fuller = [
        pairs
        for name, pairs in working.items()
        if name.startswith(NONE_OF)
        and kept < _own_plants(spec, pairs)
        and any(
            str(row.table) == table and row.owner == spec.as_actor for row in pairs[0][0].planted
        )
    ]
    yield from sorted(fuller, key=lambda pairs: len(_own_plants(spec, pairs)))[:1]


def _own_plants(spec: Spec, pairs: Pairs) -> set[str]:
    return {row.plant for row in pairs[0][0].planted if row.owner == spec.as_actor}


def _two_of(controls: Mapping[str, dict[str, Pairs]], topic: str, key: str, table: str) -> Pairs:
    """The answers to the same question with two rows in `table`."""
    request = topic.partition(" / ")[2]
    slash = " / " if request else ""
    return controls.get(f"others:two of {table}{slash}{request}", {}).get(key, [])


def compared_with(topic: str) -> tuple[str, str]:
    """The topics with one and with two rows, to which one without any is compared."""
    table, slash, request = topic.removeprefix(NONE_OF).partition(" / ")
    return f"others:one{slash}{request}", f"others:two of {table}{slash}{request}"
