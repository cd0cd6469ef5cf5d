"""The empty view: with none of my rows in one table, I still see everything else of mine.

Which part of a response is a row's own data is found by asking three times: with none, one and two
such rows of mine. Where two rows stand in different places, each stands in an item of its own (the
parts below their closest common place); what lies inside the item may go with the row, what lies
outside of it may not.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from twiceshy.guards.body import Node, find, tree
from twiceshy.guards.canary import holds_text, holds_value
from twiceshy.guards.difference import differences
from twiceshy.model.history import NoReply, Reply

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from twiceshy.guards.isolation.spec import Spec
    from twiceshy.model.history import Observation, PlantedRow, Run

_BAD = 400


def empty_view(
    spec: Spec,
    table: str,
    full: Sequence[tuple[Run, Observation]],
    empty: Sequence[tuple[Run, Observation]],
    two: Sequence[tuple[Run, Observation]],
) -> tuple[str, str] | None:
    """("fails" or "hides", what in words) when the view without rows is wrong; else None.

    `full` are answers in a state in which the request works.
    """
    if any(o.stale or not o.quiet for _, o in (*full, *empty)) or not works(full):
        return None
    replies = [o.answer for _, o in full if isinstance(o.answer, Reply)]
    bare = [o.answer for _, o in empty]
    worse = _worse(replies, bare)
    if worse == "5" or (worse and _is_shown(spec, table, full, two)):
        seen = bare[0]
        says = f"no answer ({seen.kind})" if isinstance(seen, NoReply) else f"status {seen.status}"
        return "fails", says
    if worse:
        return None
    hidden = _hidden(spec, table, full, empty, two)
    return ("hides", hidden) if hidden else None


def works(pairs: Sequence[tuple[Run, Observation]]) -> bool:
    """Whether a request was answered well, each time."""
    return bool(pairs) and all(
        isinstance(o.answer, Reply) and o.answer.status < _BAD for _, o in pairs
    )


def _worse(whole: Sequence[Reply], bare: Sequence[Reply | NoReply]) -> str:
    """The status class of every empty view when it is another than that of every full one."""
    classes = {"5" if isinstance(a, NoReply) else str(a.status_class) for a in bare}
    before = {str(reply.status_class) for reply in whole}
    return classes.pop() if len(classes) == 1 and not classes & before else ""


def _shows(observation: Observation, marks: Iterable[str]) -> bool:
    answer = observation.answer
    return isinstance(answer, Reply) and any(holds_value(answer, mark) for mark in marks)


def _own(spec: Spec, run: Run) -> list[PlantedRow]:
    return [row for row in run.planted if row.owner == spec.as_actor]


def _is_shown(
    spec: Spec,
    table: str,
    full: Sequence[tuple[Run, Observation]],
    two: Sequence[tuple[Run, Observation]],
) -> bool:
    """Whether the request shows rows of `table`: by a value, or because a second one shows."""
    for run, observation in full:
        for row in _own(spec, run):
            if str(row.table) == table and _shows(observation, row.marks.values()):
                return True
    return bool(differences([o.answer for _, o in full], [o.answer for _, o in two]))


def _hidden(
    spec: Spec,
    table: str,
    full: Sequence[tuple[Run, Observation]],
    empty: Sequence[tuple[Run, Observation]],
    two: Sequence[tuple[Run, Observation]],
) -> str:
    """Rows of mine that were shown, still exist, and are shown no longer; "" for none."""
    kept = {row.plant for run, _ in empty for row in _own(spec, run)}
    run, _ = full[0]
    for row in _own(spec, run):
        if row.plant not in kept:
            continue
        marks = [
            (column, mark)
            for column, mark in row.marks.items()
            if all(_shows(o, [mark]) for _, o in full)
        ]
        if not marks or any(_shows(o, [mark]) for _, mark in marks for _, o in empty):
            continue
        if not _goes_along(spec, table, [mark for _, mark in marks], full, two):
            columns = ", ".join(f"{row.table}.{column}" for column, _ in marks)
            values = ", ".join(mark for _, mark in marks)
            return f"{columns} ({values})"
    return ""


def _goes_along(
    spec: Spec,
    table: str,
    marks: Sequence[str],
    full: Sequence[tuple[Run, Observation]],
    two: Sequence[tuple[Run, Observation]],
) -> bool:
    """Whether `marks` are shown once for each row of `table`, so that they may go with the row."""
    return _times(marks, two) > _times(marks, full) or _inside_item(spec, table, marks, two)


def _times(marks: Sequence[str], pairs: Sequence[tuple[Run, Observation]]) -> int:
    """In how many places the marks stand, in whichever answer shows fewest."""
    answers = [o.answer for _, o in pairs if isinstance(o.answer, Reply)]
    return min((len(_places(tree(answer), marks)) for answer in answers), default=0)


def _inside_item(
    spec: Spec, table: str, marks: Sequence[str], two: Sequence[tuple[Run, Observation]]
) -> bool:
    """Whether `marks` stand only inside the items of the rows of `table`."""
    for run, observation in two:
        if not isinstance(observation.answer, Reply):
            continue
        body = tree(observation.answer)
        rows = [row for row in _own(spec, run) if str(row.table) == table]
        places = [_places(body, list(row.marks.values())) for row in rows]
        if not any(places):
            # Nothing of these rows shows, so nothing can stand inside an item of theirs.
            continue
        if len(places) < 2 or not all(places):
            # Only one of two shows: where its item ends cannot be told, and nobody is accused.
            return True
        items = _items(places)
        ours = _places(body, marks)
        return bool(items) and all(any(_below(place, item) for item in items) for place in ours)
    return False


Place = tuple[int, ...]


def _places(body: Node, marks: Sequence[str]) -> set[Place]:
    return {place for mark in marks for place in find(body, partial(holds_text, mark))}


def _items(places: Sequence[set[Place]]) -> set[Place]:
    """For each place of one row, the child of its closest common place with the other row."""
    items: set[Place] = set()
    first, second = places[0], places[1]
    for mine, others in ((first, second), (second, first)):
        for place in mine:
            depth = max(_common(place, other) for other in others)
            items.add(place[: depth + 1])
    return items


def _common(one: Place, other: Place) -> int:
    depth = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        depth += 1
    return depth


def _below(place: Place, item: Place) -> bool:
    return place[: len(item)] == item
