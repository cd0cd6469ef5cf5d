"""What the history of one world says of each request, comparison by comparison."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from twiceshy.guards.contract.asking import BEFORE, alters
from twiceshy.guards.contract.bearing import Bearing, Circumstances, bearing
from twiceshy.guards.contract.comparing import COUNT, changes
from twiceshy.guards.contract.controls import (
    RECORDED,
    VERSIONS,
    WITHOUT,
    every_state,
    known_rows,
)
from twiceshy.guards.contract.recording import recorded_as, recorded_shapes, ways
from twiceshy.guards.contract.shapes import Shape, shape_of
from twiceshy.model.history import NoReply
from twiceshy.model.scenario import STORAGE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from twiceshy.guards.contract.comparing import Change
    from twiceshy.guards.contract.missing import Missing
    from twiceshy.guards.contract.spec import Allowance, Spec
    from twiceshy.model.history import History, Observation, Run
    from twiceshy.model.survey import Survey

    Seen = tuple[Run, Observation]

BETWEEN_VERSIONS = "differs-between-versions"
SINCE_RECORDED = "differs-from-recorded"
WITHOUT_DATA = "breaks-without-data"
ON_STORAGE = "differs-by-storage"
_GOOD, _REFUSES, _FAILS = 2, 4, 5
_NOT_FOUND = 404
_BROKE_OFF = frozenset({"reset", "garbage", "timeout"})


@dataclass(frozen=True, slots=True)
class Accusation:
    """One request in one situation: what broke, what is allowed, and what is only told.

    `control` is None where the measure is a file of recorded shapes; its shape is `before`.
    """

    rule: str
    topic: str
    state: str
    run: Run
    seen: Observation
    control: Observation | None
    before: Shape
    after: Shape
    broken: tuple[Change, ...] = ()
    allowed: tuple[tuple[Change, Allowance], ...] = ()
    told: tuple[Change, ...] = ()
    missing: Missing | None = None

    @property
    def group(self) -> tuple[str, str]:
        """Accusations of one rule against one request are told as one finding."""
        return (self.rule, str(self.seen.step.template))

    @property
    def situation(self) -> tuple[str, str]:
        """What must be brought about to see it again: topic and state."""
        return (self.topic, self.state)

    @property
    def same(self) -> tuple[str, str, str]:
        """The same request in the same situation, in whatever world."""
        return (*self.situation, self.seen.step.key)


def accusations(spec: Spec, survey: Survey, history: History, world: int) -> tuple[Accusation, ...]:
    """Whatever broke somewhere in that world."""
    return tuple(one for one in comparisons(spec, survey, history, world) if one.broken)


def comparisons(spec: Spec, survey: Survey, history: History, world: int) -> tuple[Accusation, ...]:
    """Each request in each situation that could be compared, broken or not."""
    topics: dict[str, list[Run]] = defaultdict(list)
    for run in history:
        if run.scenario.world == world and run.problem is None:
            topics[run.scenario.topic].append(run)
    found: list[Accusation] = []
    without = _Without(spec, survey, history)
    for topic, runs in topics.items():
        if topic.startswith(VERSIONS):
            found += _against_controls(spec, survey, topic, runs, BETWEEN_VERSIONS)
        elif topic.startswith(STORAGE):
            found += _against_controls(spec, survey, topic, runs, ON_STORAGE)
        elif topic.startswith(RECORDED):
            found += _against_recorded(spec, survey, topic, runs)
        elif topic.startswith(WITHOUT):
            found += without.compared(topic, runs)
    return tuple(found)


def by_key(runs: Sequence[Run], role: str, state: str | None = None) -> dict[str, list[Seen]]:
    """Observations of the runs in that role, by the question that was asked."""
    found: dict[str, list[Seen]] = defaultdict(list)
    for run in runs:
        if run.scenario.role == role and state in {None, run.scenario.state.name}:
            for seen in run.observations:
                if BEFORE not in seen.step.key:
                    found[seen.step.key].append((run, seen))
    return found


def shapes(pairs: Sequence[Seen]) -> tuple[Shape, ...] | None:
    """The shape of each answer; None where any of them is not known."""
    found = [shape_of(seen.answer) for _, seen in pairs]
    known = tuple(shape for shape in found if isinstance(shape, Shape))
    return known if known and len(known) == len(found) else None


def _outcomes(pairs: Sequence[Seen]) -> tuple[Shape, ...] | None:
    """As `shapes`, where no answer at all is an outcome too: who was answered before notices."""
    lost = [
        Shape(0, "", f"no answer ({seen.answer.says})")
        for _, seen in pairs
        if isinstance(seen.answer, NoReply) and seen.answer.kind in _BROKE_OFF
    ]
    return tuple(lost) if lost and len(lost) == len(pairs) else shapes(pairs)


def is_measure(before: Sequence[Shape], after: Sequence[Shape]) -> bool:
    """Whether the controls can serve as a measure: answers that worked.

    Where they were refused, this much can be said: it must not fail altogether.
    """
    if all(shape.status_class < _REFUSES for shape in before):
        return True
    refused = all(shape.status_class == _REFUSES for shape in before)
    return refused and all(shape.status_class in {_REFUSES, _FAILS} for shape in after)


# -- versions and storage ---------------------------------------------------------------------


def _against_controls(
    spec: Spec, survey: Survey, topic: str, runs: Sequence[Run], rule: str
) -> Iterator[Accusation]:
    controls = by_key(runs, "control")
    perturbed = by_key(runs, "perturbed")
    same_seed = rule != ON_STORAGE or _have_the_same_seed(survey, controls, perturbed)
    for key, pairs in perturbed.items():
        before, after = shapes(controls.get(key, ())), _outcomes(pairs)
        if before is None or after is None:
            continue
        if not is_measure(before, after) and not (
            rule == ON_STORAGE and _fails_here_only(before, after)
        ):
            continue
        if rule == ON_STORAGE and _has_no_row(pairs[0][1], before[0], after[0]):
            continue
        found = changes(before, after)
        harmless = {
            one for one in found if one.compatible or (one.change == COUNT and not same_seed)
        }
        (run, seen), control = pairs[0], controls[key][0][1]
        yield _sorted(
            spec,
            Accusation(
                rule, topic, run.scenario.state.name, run, seen, control, before[0], after[0]
            ),
            [one for one in found if one not in harmless],
            [one for one in found if one in harmless],
        )


def _fails_here_only(before: Sequence[Shape], after: Sequence[Shape]) -> bool:
    """Whether PostgreSQL itself is the storage on which the request fails."""
    fails = all(shape.status_class == _FAILS for shape in before)
    return fails and all(shape.status_class == _GOOD for shape in after)


def _has_no_row(seen: Observation, before: Shape, after: Shape) -> bool:
    """Whether an id of the seed was asked for, which the other storage does not know."""
    named = any(isinstance(value, str) for _, value in seen.step.slots)
    return named and before.status_class < _REFUSES and after.status == _NOT_FOUND


def _have_the_same_seed(
    survey: Survey, controls: Mapping[str, Sequence[Seen]], perturbed: Mapping[str, Sequence[Seen]]
) -> bool:
    """Whether the other storage holds the rows that PostgreSQL was seeded with, as far as it shows.

    It does where there is no seed, where some list is equally long on both, and where a request
    that nothing was written before finds on both what it asks for.
    """
    tables = {name for pairs in controls.values() for _, seen in pairs for name in seen.reads}
    known = [survey.catalogue.by_name.get(name) for name in tables]
    if not any(table is not None and table.rows > 0 for table in known):
        return True
    written = False
    for key, pairs in controls.items():
        before, after = shapes(pairs), shapes(perturbed.get(key, ()))
        facts = survey.requests[pairs[0][1].step.number]
        written = written or (alters(facts) and facts.template.method in {"POST", "PUT"})
        if before is None or after is None:
            continue
        if _equally_long(before[0], after[0]):
            return True
        worked = max(before[0].status_class, after[0].status_class) == _GOOD
        if worked and not written and _asks_for_one(before[0], pairs[0][1]):
            return True
    return False


def _equally_long(before: Shape, after: Shape) -> bool:
    return any(
        place.items is not None
        and place.items.total > 0
        and path in after.places
        and after.places[path].items == place.items
        for path, place in before.places.items()
    )


def _asks_for_one(shape: Shape, seen: Observation) -> bool:
    return bool(seen.reads) and not any(place.items for place in shape.places.values())


def _sorted(
    spec: Spec, one: Accusation, accusing: Sequence[Change], told: Sequence[Change]
) -> Accusation:
    """The accusation with what is allowed taken out of what accuses."""
    request = str(one.seen.step.template)
    broken: list[Change] = []
    allowed: list[tuple[Change, Allowance]] = []
    for change in accusing:
        allowance = _allowance(spec, request, change)
        if allowance is None:
            broken.append(change)
        else:
            allowed.append((change, allowance))
    return Accusation(
        one.rule, one.topic, one.state, one.run, one.seen, one.control, one.before, one.after,
        tuple(broken), tuple(allowed), tuple(told), one.missing,
    )  # fmt: skip


def _allowance(spec: Spec, request: str, change: Change) -> Allowance | None:
    for one in spec.allow:
        rest = change.path.removeprefix(one.path)
        inside = not one.path or rest == "" or (rest != change.path and rest[0] in ".[")
        if one.request in {"", request} and inside and one.change in {"any", change.change}:
            return one
    return None


# -- recorded ---------------------------------------------------------------------------------


def _against_recorded(
    spec: Spec, survey: Survey, topic: str, runs: Sequence[Run]
) -> Iterator[Accusation]:
    recorded = recorded_shapes(survey)
    named = ways(survey)
    for pairs in by_key(runs, "perturbed").values():
        before = recorded_as(recorded, named(pairs[0][1].step))
        after = _outcomes(pairs)
        if before is None or after is None:
            continue
        (run, seen), found = pairs[0], changes((before,), after)
        yield _sorted(
            spec,
            Accusation(
                SINCE_RECORDED, topic, run.scenario.state.name, run, seen, None, before, after[0]
            ),
            [one for one in found if not one.compatible],
            [one for one in found if one.compatible],
        )


# -- no valid data ----------------------------------------------------------------------------


class _Without:
    """Compares answers with data missing; what that takes is worked out once."""

    def __init__(self, spec: Spec, survey: Survey, history: History) -> None:
        self._spec = spec
        self._survey = survey
        self._known = known_rows(survey, history)
        self._states = every_state(spec, survey, history)
        self._showing = _showing_null(history)

    def compared(self, topic: str, runs: Sequence[Run]) -> Iterator[Accusation]:
        """Each request of a topic in each state."""
        controls = by_key(runs, "control")
        names = (run.scenario.state.name for run in runs if run.scenario.role == "perturbed")
        for name in dict.fromkeys(names):
            missing = self._states.get(name)
            for key, pairs in by_key(runs, "perturbed", name).items():
                before, after = shapes(controls.get(key, ())), _outcomes(pairs)
                if missing is None or before is None or after is None or _is_stale(pairs):
                    continue
                if is_measure(before, after):
                    yield self._one(topic, missing, controls[key], pairs, (before, after))

    def _one(
        self,
        topic: str,
        missing: Missing,
        controls: Sequence[Seen],
        pairs: Sequence[Seen],
        measured: tuple[Sequence[Shape], Sequence[Shape]],
    ) -> Accusation:
        (run, seen), control = pairs[0], controls[0][1]
        before, after = measured
        shows_null = seen.step.key in self._showing
        there = Circumstances(
            self._survey, missing, run, control, before[0], after[0], self._known, shows_null
        )
        found = changes(before, after)
        means = {one: bearing(one, there) for one in found}
        return _sorted(
            self._spec,
            Accusation(
                WITHOUT_DATA, topic, missing.name, run, seen, control, before[0], after[0],
                missing=missing,
            ),
            [one for one in found if means[one] is Bearing.ACCUSES],
            [one for one in found if means[one] is Bearing.TOLD],
        )  # fmt: skip


def _is_stale(pairs: Sequence[Seen]) -> bool:
    return any(seen.stale for _, seen in pairs)


def _showing_null(runs: History) -> frozenset[str]:
    """The questions to which some answer that worked held a null."""
    found = set()
    for run in runs:
        for seen in run.observations:
            shape = shape_of(seen.answer)
            if not isinstance(shape, Shape) or shape.status_class >= _REFUSES:
                continue
            if any("null" in place.types for place in shape.places.values()):
                found.add(seen.step.key)
    return frozenset(found)
