"""What the history of one world says of each request, comparison by comparison."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from twiceshy.guards.contract.asking import line_of
from twiceshy.guards.contract.bearing import Bearing, bearing
from twiceshy.guards.contract.circumstances import Circumstances
from twiceshy.guards.contract.comparing import COUNT, changes, noise_of, unsettled
from twiceshy.guards.contract.controls import (
    RECORDED,
    VERSIONS,
    WITHOUT,
    every_state,
    known_rows,
)
from twiceshy.guards.contract.measuring import REFUSES, by_key, is_measure, outcomes, shapes
from twiceshy.guards.contract.recording import recorded_as, recorded_shapes, ways
from twiceshy.guards.contract.restless import Restless
from twiceshy.guards.contract.seeds import fails_here_only, has_no_row, have_the_same_seed
from twiceshy.guards.contract.shapes import Shape, shape_of
from twiceshy.guards.requests import means
from twiceshy.model.scenario import STORAGE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from twiceshy.guards.contract.comparing import Change
    from twiceshy.guards.contract.measuring import Seen
    from twiceshy.guards.contract.missing import Missing
    from twiceshy.guards.contract.spec import Allowance, Spec
    from twiceshy.model.history import History, Observation, Run
    from twiceshy.model.survey import Survey

BETWEEN_VERSIONS = "differs-between-versions"
SINCE_RECORDED = "differs-from-recorded"
WITHOUT_DATA = "breaks-without-data"
ON_STORAGE = "differs-by-storage"


@dataclass(frozen=True, slots=True)
class Accusation:
    """One request in one situation: what broke, what is allowed, and what is only told.

    `control` is None where the measure is a file of recorded shapes; its shape is `before`. `noise`
    are places that are answered now so, now otherwise, and so were not compared.
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
    noise: tuple[str, ...] = ()

    @property
    def group(self) -> tuple[str, str]:
        """Accusations of one rule against one request are told as one finding."""
        return (self.rule, line_of(self.seen.step.template))

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
    restless = Restless(history)
    without = _Without(spec, survey, history, restless)
    for topic, runs in topics.items():
        if topic.startswith((VERSIONS, STORAGE)):
            found += _against_controls(spec, survey, topic, runs, restless)
        elif topic.startswith(RECORDED):
            found += _against_recorded(spec, survey, topic, runs)
        elif topic.startswith(WITHOUT):
            found += without.compared(topic, runs)
    return tuple(found)


# -- versions and storage ---------------------------------------------------------------------


def _against_controls(
    spec: Spec, survey: Survey, topic: str, runs: Sequence[Run], restless: Restless
) -> Iterator[Accusation]:
    rule = ON_STORAGE if topic.startswith(STORAGE) else BETWEEN_VERSIONS
    controls = by_key(runs, "control")
    perturbed = by_key(runs, "perturbed")
    same_seed = rule != ON_STORAGE or have_the_same_seed(survey, controls, perturbed)
    for key, pairs in perturbed.items():
        before, after = shapes(controls.get(key, ())), outcomes(pairs)
        if before is None or after is None:
            continue
        (run, seen), (measured, control) = pairs[0], controls[key][0]
        measure = _Measure(before, restless.of(measured.scenario.on, key))
        if not measure.holds:
            continue
        if not is_measure(before, after) and not (
            rule == ON_STORAGE and fails_here_only(before, after)
        ):
            continue
        if rule == ON_STORAGE and has_no_row(seen, before[0], after[0]):
            continue
        found = changes(before, after, measure.noise)
        harmless = {one for one in found if one.compatible}
        if rule == ON_STORAGE:
            harmless -= set(_missed_there(found, before, after))
            harmless |= {one for one in found if one.change == COUNT and not same_seed}
        yield _sorted(
            spec,
            Accusation(
                rule, topic, run.scenario.state.name, run, seen, control, before[0], after[0],
                noise=measure.places,
            ),
            [one for one in found if one not in harmless],
            [one for one in found if one in harmless],
        )  # fmt: skip


def _missed_there(
    found: Sequence[Change], before: Sequence[Shape], after: Sequence[Shape]
) -> Iterator[Change]:
    """What readers of one storage can bear is a loss for those of the other: neither came first."""
    lost = {one.path for one in changes(after, before) if not one.compatible}
    yield from (one for one in found if one.path in lost)


def _sorted(
    spec: Spec, one: Accusation, accusing: Sequence[Change], told: Sequence[Change]
) -> Accusation:
    """The accusation with what is allowed taken out of what accuses."""
    template = one.seen.step.template
    request = (str(template), line_of(template))
    broken: list[Change] = []
    allowed: list[tuple[Change, Allowance]] = []
    for change in accusing:
        allowance = _allowance(spec, request, change)
        if allowance is None:
            broken.append(change)
        else:
            allowed.append((change, allowance))
    return replace(one, broken=tuple(broken), allowed=tuple(allowed), told=tuple(told))


def _allowance(spec: Spec, request: tuple[str, ...], change: Change) -> Allowance | None:
    for one in spec.allow:
        rest = change.path.removeprefix(one.path)
        inside = not one.path or rest == "" or (rest != change.path and rest[0] in ".[")
        named = not one.request or any(means(one.request, line) for line in request)
        if named and inside and one.change in {"any", change.change}:
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
        after = outcomes(pairs)
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


class _Measure:
    """What a request answers while nothing is missing; `noise` is what differs by itself."""

    def __init__(self, found: tuple[Shape, ...], elsewhere: Sequence[Change]) -> None:
        self.shapes = found
        here = noise_of(found) if found else ()
        self.noise = tuple({one.path: one for one in (*elsewhere, *here)}.values())
        self.holds = bool(found) and not unsettled(here)

    @property
    def places(self) -> tuple[str, ...]:
        """Where there is noise."""
        return tuple(one.path for one in self.noise)


class _Without:
    """Compares answers with data missing; what that takes is worked out once."""

    def __init__(self, spec: Spec, survey: Survey, history: History, restless: Restless) -> None:
        self._spec = spec
        self._survey = survey
        self._restless = restless
        self._known = known_rows(survey, history)
        self._states = every_state(spec, survey, history)
        self._showing = _showing_null(history)

    def compared(self, topic: str, runs: Sequence[Run]) -> Iterator[Accusation]:
        """Each request of a topic in each state."""
        controls = by_key(runs, "control")
        measures = {
            key: _Measure(shapes(pairs) or (), self._restless.of("", key))
            for key, pairs in controls.items()
        }
        names = (run.scenario.state.name for run in runs if run.scenario.role == "perturbed")
        for name in dict.fromkeys(names):
            missing = self._states.get(name)
            for key, pairs in by_key(runs, "perturbed", name).items():
                measure, after = measures.get(key), outcomes(pairs)
                if missing is None or measure is None or after is None or _is_stale(pairs):
                    continue
                if measure.holds and is_measure(measure.shapes, after):
                    control = controls[key][0][1]
                    yield self._one(topic, missing, measure, control, pairs[0], after)

    def _one(
        self,
        topic: str,
        missing: Missing,
        measure: _Measure,
        control: Observation,
        first: Seen,
        after: Sequence[Shape],
    ) -> Accusation:
        (run, seen), before = first, measure.shapes
        shows_null = seen.step.key in self._showing
        there = Circumstances(
            self._survey, missing, run, control, before[0], after[0], self._known, shows_null
        )
        found = changes(before, after, measure.noise)
        means = {one: bearing(one, there) for one in found}
        return _sorted(
            self._spec,
            Accusation(
                WITHOUT_DATA, topic, missing.name, run, seen, control, before[0], after[0],
                missing=missing, noise=measure.places,
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
            if not isinstance(shape, Shape) or shape.status_class >= REFUSES:
                continue
            if any("null" in place.types for place in shape.places.values()):
                found.add(seen.step.key)
    return frozenset(found)
