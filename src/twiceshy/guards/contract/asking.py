"""The requests of a guard as steps: whose ids they name, and what they keep for each other."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from twiceshy.guards.contract.rows import own_row, plant_name, planted_tables
from twiceshy.guards.contract.spec import ContractEntry
from twiceshy.model.scenario import Filling, Kept, PlantKey, Step

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from twiceshy.guards.contract.spec import Spec
    from twiceshy.model.scenario import RequestTemplate
    from twiceshy.model.survey import RequestFacts, Slot, Survey

SEEDED = "|seeded"
KEPT = "|kept"
IN_ORDER = "|in order"
WITH_NULL = "|with NULL"
BEFORE = "|before "
Slots = tuple[tuple[str, Filling], ...]
READING = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Batch:
    """Steps that are sent one after the other in one scenario; `suffix` ends its topic's name."""

    suffix: str
    steps: tuple[Step, ...]


class Asking:
    """All requests that can be sent, as steps in each way of filling their slots.

    A request whose slots name rows is asked of the planted row, and of one of the seed; one whose
    slots an earlier request keeps values for is asked after that request.
    """

    def __init__(self, spec: Spec, survey: Survey) -> None:
        self._spec = spec
        self._survey = survey
        self._planted = frozenset(planted_tables(spec, survey))
        self._entries = dict(_entries(spec, survey))
        self._keepers: dict[str, int] = {}
        for number, entry in self._entries.items():
            for name in entry.keep:
                self._keepers.setdefault(name, number)

    def usable(self) -> Iterator[tuple[int, RequestFacts]]:
        """The requests that can be sent at all, with their numbers."""
        for number, facts in enumerate(self._survey.requests):
            if facts.problem is None or self._kept_names(number):
                yield number, facts

    def batches(self) -> Iterator[Batch]:
        """Requests that only read go together; each that writes is alone in its scenario."""
        reading: list[Step] = []
        alone: list[Batch] = []
        for number, facts in self.usable():
            for step in self._ways(number):
                before = self._before(step)
                if before or alters(facts):
                    suffix = f" / {step.key} {facts.template}"
                    alone.append(Batch(suffix, (*before, step)))
                else:
                    reading.append(step)
        if reading:
            yield Batch("", tuple(reading))
        yield from alone

    def sequence(self, *, planted: bool) -> tuple[Step, ...]:
        """Every request once, in the guard's order; of planted rows or only of those of the seed.

        What a request wrote is there for those after it.
        """
        steps = []
        for number, _ in self.usable():
            plain = self._slots(number, "") if planted else None
            slots = _first(self._slots(number, KEPT), plain, self._slots(number, SEEDED))
            if slots is not None:
                steps.append(self._step(number, IN_ORDER, slots))
        return tuple(steps)

    def in_order(self) -> Iterator[Batch]:
        """All together, where one request writes what another may read."""
        steps = self.sequence(planted=True)
        if len(steps) > 1 and any(alters(facts) for _, facts in self.usable()):
            yield Batch(" / in order", steps)

    def of_planted(self) -> Iterator[Batch]:
        """Those that only read, once more by themselves: of planted rows, or of all rows."""
        steps = tuple(
            replace(step, key=f"{step.key}{WITH_NULL}")
            for batch in self.batches()
            for step in batch.steps
            if not batch.suffix and "|" not in step.key
        )
        if self._planted and steps:
            yield Batch(" / with NULL", steps)

    # -- slots --------------------------------------------------------------------------------

    def _kept_names(self, number: int) -> list[str]:
        names = self._survey.requests[number].template.slots
        return [name for name in names if self._keepers.get(name, number) < number]

    def _ways(self, number: int) -> Iterator[Step]:
        """The request with planted rows, with rows of the seed, with what was kept."""
        seen: set[Slots] = set()
        for way in ("", SEEDED, KEPT):
            slots = self._slots(number, way)
            if slots is not None and slots not in seen:
                seen.add(slots)
                yield self._step(number, way, slots)

    def _step(self, number: int, way: str, slots: Slots) -> Step:
        entry = self._entries.get(number)
        return Step(
            self._spec.as_actor,
            self._survey.requests[number].template,
            slots,
            number,
            f"{number}{way}",
            tuple(entry.keep.items()) if entry else (),
        )

    def _slots(self, number: int, way: str) -> Slots | None:
        facts = self._survey.requests[number]
        kept = self._kept_names(number) if way == KEPT else []
        if way == KEPT and not kept:
            return None
        bound = {slot.name: slot for slot in facts.slots}
        found: list[tuple[str, Filling]] = []
        for name in facts.template.slots:
            value: Filling | None = Kept(name) if name in kept else None
            if value is None and name in bound:
                value = self._value(bound[name], "" if way == KEPT else way)
            if value is None:
                return None
            found.append((name, value))
        return tuple(found)

    def _value(self, slot: Slot, way: str) -> Filling | None:
        own = own_row(self._spec, self._survey, slot.table)
        if own is not None and own.get(slot.column):
            return own[slot.column]
        if way != SEEDED and slot.table in self._planted:
            return PlantKey(plant_name(slot.table), slot.column)
        return seeded(self._spec, self._survey, slot)

    def _before(self, step: Step) -> tuple[Step, ...]:
        """The steps that must come first because `step` uses what they keep."""
        needed: dict[int, Step] = {}
        frontier = [step]
        while frontier:
            for _, value in frontier.pop().slots:
                number = self._keepers.get(value.name) if isinstance(value, Kept) else None
                if number is not None and number not in needed:
                    slots = _first(*(self._slots(number, way) for way in (KEPT, "", SEEDED))) or ()
                    needed[number] = self._step(number, f"{BEFORE}{step.key}", slots)
                    frontier.append(needed[number])
        return tuple(needed[number] for number in sorted(needed))


def _first(*found: Slots | None) -> Slots | None:
    return next((slots for slots in found if slots is not None), None)


def alters(facts: RequestFacts) -> bool:
    """Whether a request may change data."""
    return bool(facts.writes) or facts.template.method not in READING


def line_of(template: RequestTemplate) -> str:
    """`GET /goals?page=2`: requests of one path that ask for something else are told apart."""
    query = "&".join(f"{name}={text}" for name, text in template.query)
    return f"{template}?{query}".replace(" ", "+").replace("+", " ", 1) if query else str(template)


def seeded(spec: Spec, survey: Survey, slot: Slot) -> str | None:
    """A value of the slot's column in a row that was there from the start, the actor's first."""
    place = survey.catalogue.find(str(slot.table))
    key = place.primary_key if place else ()
    held: Mapping[tuple[str | None, ...], str] = survey.holdings.get(slot.table, {})
    if slot.column in key and spec.as_actor:
        for values, name in held.items():
            if name == spec.as_actor:
                return values[key.index(slot.column)]
    return survey.likeness.samples.get((slot.table, slot.column))


def _entries(spec: Spec, survey: Survey) -> Iterator[tuple[int, ContractEntry]]:
    """The entries as written, by their number in the survey, which may have left some out."""
    written = list(spec.requests) if isinstance(spec.requests, tuple) else []
    for number, facts in enumerate(survey.requests):
        line = str(facts.template)
        for place, entry in enumerate(written):
            text = entry if isinstance(entry, str) else entry.request
            if text == line:
                del written[: place + 1]
                if isinstance(entry, ContractEntry):
                    yield number, entry
                break
