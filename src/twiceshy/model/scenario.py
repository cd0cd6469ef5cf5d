"""What a guard asks the stage to play: states, steps, scenarios. All of it is data."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, TypeAlias
from urllib.parse import quote, urlencode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from twiceshy.model.schema import QName
    from twiceshy.model.scripts import Play
    from twiceshy.model.strain import Strain

JsonValue: TypeAlias = "bool | int | float | str | list[JsonValue] | dict[str, JsonValue] | None"

# Names of stages; see `Scenario.on`.
UNDER_REHEARSAL = ""
BASELINE = "baseline"
STORAGE = "storage:"

SLOT = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")


@dataclass(frozen=True, slots=True)
class Request:
    """An HTTP request as it is sent, without the actor's credentials."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None

    def __str__(self) -> str:
        """`GET /goals`."""
        return f"{self.method} {self.target}"


@dataclass(frozen=True, slots=True)
class RequestTemplate:
    """A request with `{slots}` in path, query and body, to be filled with ids of rows."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    json: JsonValue = None
    form: tuple[tuple[str, str], ...] = ()
    has_json: bool = False

    def __str__(self) -> str:
        """`POST /deposits/{deposit_id}/assign`."""
        return f"{self.method} {self.path}"

    @property
    def slots(self) -> tuple[str, ...]:
        """Names of all slots, in order of appearance, each once."""
        texts = [self.path, *(value for _, value in self.query), *(value for _, value in self.form)]
        texts += [value for _, value in self.headers]
        if self.has_json:
            texts.append(json.dumps(self.json))
        return tuple(dict.fromkeys(name for text in texts for name in SLOT.findall(text)))

    def fill(self, values: Mapping[str, str]) -> Request:
        """The request with its slots filled; KeyError names a slot without a value.

        A JSON string that is nothing but a slot becomes a number when its value is one.
        """
        target = SLOT.sub(lambda slot: quote(values[slot[1]], safe=""), self.path)
        if self.query:
            pairs = [(key, _fill(text, values)) for key, text in self.query]
            target += ("&" if "?" in target else "?") + urlencode(pairs)
        headers = [(key, _fill(text, values)) for key, text in self.headers]
        body: bytes | None = None
        if self.has_json:
            body = json.dumps(_fill_json(self.json, values)).encode()
            headers.append(("Content-Type", "application/json"))
        elif self.form:
            body = urlencode([(key, _fill(text, values)) for key, text in self.form]).encode()
            headers.append(("Content-Type", "application/x-www-form-urlencoded"))
        return Request(self.method, target, tuple(headers), body)


def line_template(line: str) -> RequestTemplate:
    """`GET /goals/{goal_id}` as a template without body."""
    method, _, path = line.strip().partition(" ")
    return RequestTemplate(method, path.strip() or "/")


def _fill(text: str, values: Mapping[str, str]) -> str:
    return SLOT.sub(lambda slot: values[slot[1]], text)


def _fill_json(value: JsonValue, values: Mapping[str, str]) -> JsonValue:
    if isinstance(value, dict):
        return {key: _fill_json(item, values) for key, item in value.items()}
    if isinstance(value, list):
        return [_fill_json(item, values) for item in value]
    if isinstance(value, str):
        whole = SLOT.fullmatch(value)
        if whole and re.fullmatch(r"-?\d{1,15}", values[whole[1]]):
            return int(values[whole[1]])
        return _fill(value, values)
    return value


@dataclass(frozen=True, slots=True)
class Clear:
    """Remove every row of `table` that hangs on some owner; children first is the caller's duty.

    `where` is SQL over the table, without parameters; empty means every row.
    """

    table: QName
    where: str = ""


@dataclass(frozen=True, slots=True)
class Plant:
    """Put one row into `table`.

    `name` is unique within a guard: the same name always gives the same row, in every state.
    `parents` binds foreign key columns (by constraint name) to another plant's name, or to a
    literal key (a mapping column → text) in `values`. With `marked`, free text and amounts
    carry canaries. `owner` is the actor whose row it is.
    """

    name: str
    table: QName
    owner: str | None = None
    parents: tuple[tuple[str, str], ...] = ()
    values: tuple[tuple[str, str | None], ...] = ()
    marked: bool = True
    unmarked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """Give columns of existing rows of `table` other values; None is NULL.

    `where` is SQL over the table, without parameters; empty means every row.
    """

    table: QName
    values: tuple[tuple[str, str | None], ...]
    where: str = ""


Operation: TypeAlias = Clear | Plant | Change


@dataclass(frozen=True, slots=True)
class State:
    """A named, reversible change to the data, and its description for people."""

    name: str
    says: str
    operations: tuple[Operation, ...] = ()


@dataclass(frozen=True, slots=True)
class PlantKey:
    """The value of `column` in the row that was planted as `plant`; fills a slot."""

    plant: str
    column: str


@dataclass(frozen=True, slots=True)
class Kept:
    """What an earlier step of the same scenario has kept under `name`; fills a slot."""

    name: str


Filling: TypeAlias = PlantKey | Kept | str
"""What fills a slot: a value of a planted row, a value of an earlier answer, or text."""


@dataclass(frozen=True, slots=True)
class Step:
    """One request of one actor (None: nobody is logged in).

    Steps with the same `key` are the same question, asked in different states. `number` is the
    request's place in the survey. `keeps` says which values of the answer later steps of the
    scenario may use: pairs of a name and a path such as `$.id` or `$.items[0].id`. A step whose
    value was not kept is not sent, and its run names it among what was refused.
    """

    actor: str | None
    template: RequestTemplate
    slots: tuple[tuple[str, Filling], ...] = ()
    number: int = 0
    key: str = ""
    keeps: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Command:
    """A command to run in place of requests; `cwd` seen from the project, `timeout` in seconds."""

    text: str
    cwd: str = "."
    timeout: float = 300.0


Role: TypeAlias = Literal["probe", "control", "perturbed"]


@dataclass(frozen=True, slots=True)
class Scenario:
    """One state and the steps run in it, or a command, one phase of a script, or a strain.

    `topic` names what is compared: controls and perturbed runs of one topic belong together.
    `world` counts fresh clones: the stage is renewed before a scenario of a higher world.
    `not_before` is in seconds after the first scenario of the same topic and world. With `at_once`
    all steps are sent in the same moment, or so many a second with a `rate`, whoever is still
    waiting for an answer: what they did together stands in the first observation. Those without a
    rate meet before they write to the tables `meet_at`, in that order: all are stopped there until
    all have come.
    `on` names the stage that plays it: "" is the version under rehearsal, "baseline" the version
    that it is compared with, "storage:NAME" the service on another storage back end.
    """

    topic: str
    role: Role
    state: State
    steps: tuple[Step, ...]
    world: int = 0
    not_before: float = 0.0
    command: Command | None = None
    script: Play | None = None
    strain: Strain | None = None
    at_once: bool = False
    rate: float = 0.0
    meet_at: tuple[QName, ...] = ()
    on: str = UNDER_REHEARSAL

    def in_world(self, world: int, not_before: float = 0.0) -> Scenario:
        """The same scenario to be played in another world."""
        return replace(self, world=world, not_before=not_before)
