"""The legitimate request as it is sent: with keys that nobody has used before."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from twiceshy.guards.preexisting.spelling import another, may_vary
from twiceshy.model.scenario import Plant, PlantKey, Step

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from twiceshy.guards.preexisting.spec import Spec
    from twiceshy.model.history import History, Run
    from twiceshy.model.scenario import JsonValue, RequestTemplate
    from twiceshy.model.survey import RequestFacts, Survey

    Spot = tuple[str, tuple[str | int, ...]]

ALONE = "alone:"
LEGITIMATE = "legitimate"
RUSH = "campaign"
REDUCED = "legitimate, fewer values changed"
_FIRST_OF_WORLD = 100_000


@dataclass(frozen=True, slots=True)
class Leaf:
    """A value of the request, and where it stands; `name` is what people call it."""

    part: Literal["json", "form", "query"]
    path: tuple[str | int, ...]
    value: str
    number: bool = False

    @property
    def name(self) -> str:
        """`person.email`."""
        return ".".join(str(step) for step in self.path)


def leaves(template: RequestTemplate) -> tuple[Leaf, ...]:
    """Every text and number of body, form and query."""
    return (
        *(_json_leaves(template.json, ()) if template.has_json else ()),
        *(Leaf("form", (name,), value) for name, value in template.form),
        *(Leaf("query", (name,), value) for name, value in template.query),
    )


def _json_leaves(value: JsonValue, path: tuple[str | int, ...]) -> Iterator[Leaf]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _json_leaves(item, (*path, key))
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from _json_leaves(item, (*path, place))
    elif isinstance(value, str):
        yield Leaf("json", path, value)
    elif isinstance(value, int) and not isinstance(value, bool):
        yield Leaf("json", path, str(value), number=True)


def changeable(spec: Spec, survey: Survey) -> tuple[Leaf, ...]:
    """The values that are keys: as the guard names them, else all that might be another.

    What the data holds already is no key but names a row: a campaign, a product, a country.
    """
    found = leaves(survey.requests[0].template)
    if spec.keys:
        return tuple(leaf for leaf in found if leaf.name in spec.keys)
    return tuple(
        leaf
        for leaf in found
        if may_vary(leaf.name, leaf.value)
        and leaf.value not in survey.catalogue.enum_labels
        and not survey.likeness.held.get(leaf.value)
    )


def varied(spec: Spec, survey: Survey, history: History) -> tuple[Leaf, ...]:
    """The keys that may really be others, as far as the history tells."""
    all_of_them = changeable(spec, survey)
    if not any(run.scenario.topic == REDUCED for run in history):
        return all_of_them
    good = good_alone(history)
    return tuple(leaf for leaf in all_of_them if leaf.name in good)


def good_alone(history: History) -> set[str]:
    """Names of the values that may be others as long as the rest stays as it was written."""
    return {
        run.scenario.topic.removeprefix(ALONE)
        for run in history
        if run.scenario.topic.startswith(ALONE) and succeeded(run)
    }


def succeeded(run: Run) -> bool:
    """Whether every request of the run was answered below 400."""
    return bool(run.observations) and all(
        getattr(seen.answer, "status", 999) < 400 for seen in run.observations
    )


def number_of(run: Run) -> int:
    """Which keys the run's request carried."""
    return int(run.scenario.steps[0].key.partition(".")[0])


def is_of_one(run: Run) -> bool:
    """Whether one person came with all keys changed: what was met can be told apart."""
    return run.scenario.topic != RUSH and not run.scenario.topic.startswith(ALONE)


def first_number(world: int, played: int) -> int:
    """Keys that no earlier request of any world has used."""
    return _FIRST_OF_WORLD * world + played


@dataclass(frozen=True, slots=True)
class Arrival:
    """The request number `number`: `keys` are the values that identify whoever sends it."""

    number: int
    keys: Mapping[str, str]
    step: Step
    plants: tuple[Plant, ...] = ()


def arrival(spec: Spec, survey: Survey, changed: Collection[Leaf], number: int) -> Arrival:
    """The request with other keys; equal values stay equal to each other."""
    facts = survey.requests[0]
    template = facts.template
    keys = {leaf.name: another(leaf.value, number) for leaf in changed}
    values: dict[Spot, str] = {(leaf.part, leaf.path): keys[leaf.name] for leaf in changed}
    asked = replace(
        template,
        json=_replaced(template.json, (), values),
        form=tuple((n, values.get(("form", (n,)), v)) for n, v in template.form),
        query=tuple((n, values.get(("query", (n,)), v)) for n, v in template.query),
    )
    if not changed:
        # Nothing of it may be another: then its own values are the keys.
        keys = {leaf.name: leaf.value for leaf in changeable(spec, survey)}
    slots, plants = _slots(spec, survey, facts)
    return Arrival(number, keys, Step(spec.as_actor, asked, slots, 0, str(number)), plants)


def _replaced(
    value: JsonValue,
    path: tuple[str | int, ...],
    values: Mapping[Spot, str],
) -> JsonValue:
    if isinstance(value, dict):
        return {key: _replaced(item, (*path, key), values) for key, item in value.items()}
    if isinstance(value, list):
        return [_replaced(item, (*path, place), values) for place, item in enumerate(value)]
    found = values.get(("json", path))
    if found is None:
        return value
    return found if isinstance(value, str) else int(found)


def _slots(
    spec: Spec, survey: Survey, facts: RequestFacts
) -> tuple[tuple[tuple[str, PlantKey | str], ...], tuple[Plant, ...]]:
    """Rows that the path names: the actor's own, else one that is planted in every state."""
    own = dict(survey.actors[spec.as_actor].rows) if spec.as_actor else {}
    slots: list[tuple[str, PlantKey | str]] = []
    plants: dict[str, Plant] = {}
    for slot in facts.slots:
        value = own.get(slot.table, {}).get(slot.column)
        if value is not None:
            slots.append((slot.name, value))
            continue
        name = f"named.{slot.table}"
        plants[name] = Plant(name, slot.table, spec.as_actor, marked=False)
        slots.append((slot.name, PlantKey(name, slot.column)))
    return tuple(slots), tuple(plants.values())
