"""The empty view: with none of my rows in one table, I still see everything else of mine.

Which part of a response is a row's own data is found by asking three times: with none, one and two
such rows of mine. Where two rows stand in different places, each stands in an item of its own (the
parts below their closest common place); what lies inside the item may go with the row, what lies
outside of it may not.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Literal

from twiceshy.guards.body import Node, find, tree
from twiceshy.guards.canary import holds_text, holds_value
from twiceshy.guards.difference import differences
from twiceshy.guards.isolation.linked import goes_with_a_link
from twiceshy.model.history import NoReply, Reply

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from twiceshy.guards.isolation.spec import Spec
    from twiceshy.model.history import Observation, PlantedRow, Run
    from twiceshy.model.ownership import Ownership
    from twiceshy.model.schema import QName

    TwoOf = Callable[[str], Sequence[tuple[Run, Observation]]]

_BAD = 400
_KEYS = frozenset({"id", "uuid", "pk"})


def empty_view(
    spec: Spec,
    table: str,
    full: Sequence[tuple[Run, Observation]],
    empty: Sequence[tuple[Run, Observation]],
    two_of: TwoOf,
    *,
    ownership: Ownership,
    hanging: Collection[QName] = (),
    decides: bool = False,
) -> tuple[str, str] | None:
    """("fails" or "hides", what in words) when the view without rows is wrong; else None.

    `hanging` are tables whose rows point at rows of `table`.
    `full` are answers in a state in which the request works. Where a row `decides` what is shown,
    as a membership does, only a crash is wrong.
    """
    if any(o.stale or not o.quiet for _, o in (*full, *empty)) or not works(full):
        return None
    replies = [o.answer for _, o in full if isinstance(o.answer, Reply)]
    bare = [o.answer for _, o in empty]
    worse = _worse(replies, bare)
    if worse == "5" or (worse and not decides and _is_shown(spec, table, full, two_of(table))):
        seen = bare[0]
        says = f"no answer ({seen.kind})" if isinstance(seen, NoReply) else f"status {seen.status}"
        return "fails", says
    if worse or decides:
        return None
    hidden = _hidden(spec, table, full, empty, two_of, hanging, ownership)
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
    two_of: TwoOf,
    hanging: Collection[QName],
    ownership: Ownership,
) -> str:
    """Rows of mine that were shown, still exist, and are shown no longer; "" for none."""
    kept = {row.plant for run, _ in empty for row in _own(spec, run)}
    run, _ = full[0]
    for row in _own(spec, run):
        if row.plant not in kept:
            continue
        marks = _lost(row, full, empty)
        if not marks:
            continue
        texts = [mark for _, mark in marks]
        two = two_of(table)
        if _times(texts, two) > _times(texts, full):
            # Shown once for each of the rows, so it may go with the row.
            continue
        where = _where(spec, table, texts, full, two)
        if where == "unclear" and row.table not in hanging:
            where = _where_in_json(spec, table, texts, full)
        bare_run, _ = empty[0]
        if goes_with_a_link(
            ownership, table, row, _own(spec, run), _own(spec, bare_run),
            lambda other: all(_shows(o, other.marks.values()) for _, o in empty),
        ):  # fmt: skip
            continue
        if where == "outside" or (
            where == "unclear" and _comes_with(spec, table, str(row.table), full, two_of)
        ):
            columns = ", ".join(f"{row.table}.{column}" for column, _ in marks)
            return f"{columns} ({', '.join(texts)})"
    return ""


def _lost(
    row: PlantedRow,
    full: Sequence[tuple[Run, Observation]],
    empty: Sequence[tuple[Run, Observation]],
) -> list[tuple[str, str]]:
    """The values by which a row was known and no longer is; none while it still is known.

    A name may stand in a second place; a row whose key and another value are gone is gone from
    one place at least.
    """
    shown = [pair for pair in row.marks.items() if all(_shows(o, [pair[1]]) for _, o in full)]
    lost = [pair for pair in shown if not any(_shows(o, [pair[1]]) for _, o in empty)]
    keys = {column for column, _ in lost if column in _KEYS}
    return lost if lost == shown or (keys and len(lost) > len(keys)) else []


def _comes_with(
    spec: Spec,
    table: str,
    other: str,
    full: Sequence[tuple[Run, Observation]],
    two_of: TwoOf,
) -> bool:
    """Whether rows of `table` are shown once for each row of `other`, as a part of those."""
    marks = [
        mark
        for row in _own(spec, full[0][0])
        if str(row.table) == table
        for mark in row.marks.values()
    ]
    return _times(marks, two_of(other)) > _times(marks, full)


def _times(marks: Sequence[str], pairs: Sequence[tuple[Run, Observation]]) -> int:
    """In how many places the marks stand, in whichever answer shows fewest."""
    answers = [o.answer for _, o in pairs if isinstance(o.answer, Reply)]
    return min((len(_places(tree(answer), marks)) for answer in answers), default=0)


def _where(
    spec: Spec,
    table: str,
    marks: Sequence[str],
    full: Sequence[tuple[Run, Observation]],
    two: Sequence[tuple[Run, Observation]],
) -> Literal["inside", "outside", "unclear"]:
    """Whether `marks` stand inside the item of the row of `table` alone.

    How deep an item lies shows between two rows. Unclear where only one of two shows.
    """
    for run, observation in two:
        rows = [row for row in _own(spec, run) if str(row.table) == table]
        places = [_places(_body(observation), list(row.marks.values())) for row in rows]
        if not any(places):
            # Nothing of these rows shows, so nothing can stand inside an item of theirs.
            continue
        if len(places) < 2 or not all(places):
            return "unclear"
        depths = {len(item) for item in _items(places)}
        body = _body(full[0][1])
        firsts = _places(body, list(rows[0].marks.values()))
        items = {place[:depth] for place in firsts for depth in depths}
        ours = _places(body, marks)
        inside = items and all(any(_below(place, item) for item in items) for place in ours)
        return "inside" if inside else "outside"
    return "outside"


def _where_in_json(
    spec: Spec, table: str, marks: Sequence[str], full: Sequence[tuple[Run, Observation]]
) -> Literal["outside", "unclear"]:
    """Whether `marks` stand outside of the very object that shows the row of `table`."""
    run, observation = full[0]
    body = _body(observation)
    own = [row for row in _own(spec, run) if str(row.table) == table]
    firsts = {place for row in own for place in _places(body, list(row.marks.values()))}
    # A sum over one row equals the row's amount; the row itself stands where it is deepest.
    deepest = max((len(place) for place in firsts), default=0)
    objects = {place[:-1] for place in firsts if len(place) == deepest}
    ours = _places(body, marks)
    if body.label != "$" or not objects or not ours:
        return "unclear"
    outside = not any(_below(place, container) for place in ours for container in objects)
    return "outside" if outside else "unclear"


def _body(observation: Observation) -> Node:
    answer = observation.answer
    return tree(answer) if isinstance(answer, Reply) else Node("")


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
