"""Shapes as text that reviews well in a diff, and back.

A file has one block for each request: its line, the status and content type, the headers that
matter, and a line for each place of the body:

    GET /preferences/{provider}
      200 application/json
      header etag: present
      $                     object
      $.tweaks              array, 2 items
      $.tweaks[].value      text or null
      $.tweaks[].note       text:date or absent
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from twiceshy.guards.contract.asking import BEFORE, IN_ORDER, KEPT, SEEDED, WITH_NULL, line_of
from twiceshy.guards.contract.controls import OF_SEED, RECORDED, VERSIONS, WITHOUT
from twiceshy.guards.contract.measuring import REFUSES
from twiceshy.guards.contract.rows import FULL, SEED, SPARSE
from twiceshy.guards.contract.shapes import Items, Place, Shape, merged, shape_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from twiceshy.guards.contract.spec import Spec
    from twiceshy.model.history import History
    from twiceshy.model.scenario import Step
    from twiceshy.model.survey import Survey

HEAD = "# Shapes of answers, written by `twiceshy record`. Values are not kept."
_WAYS = {
    "": "",
    SEEDED: " (a row of the seed)",
    KEPT: " (what an earlier request made)",
    IN_ORDER: " (after the requests before)",
    WITH_NULL: " (with NULL in rows)",
}
_PATH = re.compile(r'(?:\$|/)(?:[^\s"\[]|\[\]|\["(?:[^"\\]|\\.)*"\])*')
_PLACE = re.compile(rf"({_PATH.pattern})\s+(\S.*)")
_ITEMS = re.compile(r"(\d+)(?:-(\d+))? items?(?:, (\d+) in all)?")
_STATUS = re.compile(r"(\d{3})(?: (\S+))?(?:, (.+))?")
_INDENT = "  "


class SnapshotError(ValueError):
    """A line of a file with recorded shapes that says nothing; the message names it."""


def record(spec: Spec, survey: Survey, history: History) -> str:  # noqa: ARG001 - the form of kinds
    """The shapes of this version's answers that worked, request by request; "" without any."""
    named = ways(survey)
    found: dict[str, list[Shape]] = {}
    usual = SEED.name if any(OF_SEED in run.scenario.topic for run in history) else FULL
    for run in history:
        topic, state = run.scenario.topic, run.scenario.state.name
        if (
            topic.startswith((RECORDED, VERSIONS, WITHOUT))
            and not run.scenario.on
            and state in {usual, SPARSE}
        ):
            for seen in run.observations:
                shape = shape_of(seen.answer)
                if not isinstance(shape, Shape) or BEFORE in seen.step.key:
                    continue
                if shape.status_class < REFUSES:
                    found.setdefault(named(seen.step), []).append(shape)
    whole = {name: merged_alike(shapes) for name, shapes in found.items()}
    return written({name: one for name, one in whole.items() if not _repeats(name, whole)})


def _repeats(name: str, whole: Mapping[str, Shape]) -> bool:
    """Whether a block would only say once more what that of the plain request says."""
    return name != _plain(name) and whole.get(_plain(name)) == whole[name]


def _plain(name: str) -> str:
    return " ".join(name.split(" ")[:2])


def recorded_as(recorded: Mapping[str, Shape], name: str) -> Shape | None:
    """The block of that name, or that of the plain request, which it would repeat.

    Of rows with NULL nothing is known without a block of their own: they may have failed.
    """
    if name.endswith(_WAYS[WITH_NULL]):
        return recorded.get(name)
    return recorded.get(name, recorded.get(_plain(name)))


def merged_alike(shapes: list[Shape]) -> Shape:
    """One shape for several answers to the same question; their items are not added up."""
    whole = merged(shapes)
    first = shapes[0]
    places = {
        path: Place(place.types, place.always, _alike(path, place, shapes))
        for path, place in whole.places.items()
    }
    return Shape(first.status, first.media, first.sort, places, whole.headers)


def _alike(path: str, place: Place, shapes: list[Shape]) -> Items | None:
    lengths = {shape.places[path].items for shape in shapes if path in shape.places}
    return next(iter(lengths)) if len(lengths) == 1 else place.items


def ways(survey: Survey) -> Callable[[Step], str]:
    """How the block of a step is headed; requests written twice are numbered."""
    lines: dict[str, list[int]] = {}
    for number, facts in enumerate(survey.requests):
        lines.setdefault(line_of(facts.template), []).append(number)

    def named(step: Step) -> str:
        line = line_of(step.template)
        numbers = lines.get(line, [step.number])
        place = numbers.index(step.number) + 1 if step.number in numbers else 1
        again = f" ({place})" if place > 1 else ""
        way = step.key.removeprefix(str(step.number))
        return line + again + _WAYS.get(way, "")

    return named


def recorded_shapes(survey: Survey) -> Mapping[str, Shape]:
    """The shapes of the survey's recorded answers; none where these cannot be read."""
    try:
        return read(survey.recorded or "")
    except SnapshotError:
        return {}


# -- writing ----------------------------------------------------------------------------------


def written(shapes: Mapping[str, Shape]) -> str:
    """The file's text, "" where there is nothing to say; `read` gives equal shapes back."""
    if not shapes:
        return ""
    blocks = ["\n".join([name, *_lines(shape)]) for name, shape in shapes.items()]
    return "\n\n".join([HEAD, *blocks]) + "\n"


def said(shape: Shape) -> str:
    """What a file says of one shape, below the request's line."""
    return "\n".join(line.removeprefix(_INDENT) for line in _lines(shape))


def _lines(shape: Shape) -> Iterator[str]:
    sort = "" if shape.sort == _usual_sort(shape.media) else f", {shape.sort}"
    yield f"{_INDENT}{shape.status} {shape.media}".rstrip() + sort
    for name, text in sorted(shape.headers.items()):
        yield f"{_INDENT}header {name}: {text}"
    width = max((len(path) for path in shape.places), default=0)
    for path, place in shape.places.items():
        yield f"{_INDENT}{path:<{width}}  {_said(place)}"


def _usual_sort(media: str) -> str:
    return next((sort for sort in ("json", "csv", "yaml") if media == f"application/{sort}"), "")


def _said(place: Place) -> str:
    types = sorted(place.types, key=lambda name: (name == "null", name))
    words = " or ".join([*types, *([] if place.always else ["absent"])])
    return words + (f", {place.items}" if place.items else "")


# -- reading ----------------------------------------------------------------------------------


@lru_cache(maxsize=16)
def read(text: str) -> Mapping[str, Shape]:
    """The shapes in a file's text, by the heading of their block.

    Raises SnapshotError, which names the line.
    """
    blocks: dict[str, list[tuple[int, str]]] = {}
    current: list[tuple[int, str]] | None = None
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        if not line.startswith(" "):
            current = blocks[line.strip()] = []
        elif current is None:
            raise SnapshotError(f"line {number} belongs to no request: {line.strip()}")
        else:
            current.append((number, line.strip()))
    return {name: _shape(name, lines) for name, lines in blocks.items()}


def _shape(name: str, lines: list[tuple[int, str]]) -> Shape:
    if not lines:
        raise SnapshotError(f"{name} has no status")
    (number, first), *rest = lines
    found = _STATUS.fullmatch(first)
    if found is None:
        raise SnapshotError(f"line {number} is no status such as `200 application/json`: {first}")
    headers: dict[str, str] = {}
    places: dict[str, Place] = {}
    for number, line in rest:
        if line.startswith("header "):
            header, _, value = line.removeprefix("header ").partition(": ")
            headers[header] = value
        else:
            path, place = _place(number, line)
            places[path] = place
    media = found[2] or ""
    return Shape(int(found[1]), media, found[3] or _usual_sort(media), places, headers)


def _place(number: int, line: str) -> tuple[str, Place]:
    found = _PLACE.fullmatch(line)
    if found is None:
        raise SnapshotError(f"line {number} names no place such as `$.id  integer`: {line}")
    words, _, counted = found[2].partition(", ")
    types = words.split(" or ")
    items = None
    if counted:
        numbers = _ITEMS.fullmatch(counted)
        if numbers is None:
            raise SnapshotError(f"line {number} counts no items such as `2 items`: {counted}")
        fewest = int(numbers[1])
        most = int(numbers[2] or fewest)
        items = Items(fewest, most, int(numbers[3] or most))
    known = frozenset(types) - {"absent"}
    return found[1], Place(known, "absent" not in types, items)
