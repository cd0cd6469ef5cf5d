"""What may become of an answer when data is missing.

The rule: whoever reads the answer must still be able to. So these accuse:

- a status of 500 and above (not where a request writes beside the largest number there is: the next
  one does not exist); one of 400 and above where the answer had told more than what
  is missing now, unless the missing thing is what was asked for (its row, or a column that the
  query compares) or the request writes, and so may well refuse; 401 and 403 are told only;
- a body that does not parse any more, is of another sort, or is empty where JSON was promised;
- a value of another type (an object that became text), and `null`, `None`, `NaN` ... as text;
- a field that vanishes, where the same answer shows other fields as null: so it does not leave out
  what is null. Where no null was ever seen, leaving out may be the custom: that is told only;
- fewer items because a column is NULL, as an inner join brings it about; not where the column is
  compared, groups, says whose row it is, leads to what was asked for, or holds the items itself;
- a row that is still there but no longer shown, because another table has no rows, unless the query
  looks for rows of that other table by their values.

A value may become null or empty, a list empty, the answer to a row that is not there 404.
"""

from __future__ import annotations

import json
import re
from enum import Enum
from typing import TYPE_CHECKING

from twiceshy.guards.contract import comparing
from twiceshy.guards.contract.asking import alters
from twiceshy.guards.contract.circumstances import (
    Circumstances,
    compared_tables,
    gone,
    is_compared,
    leaves,
    links,
    of_documents,
)
from twiceshy.guards.contract.formats import is_whole
from twiceshy.guards.contract.lists import hides_a_row, is_list_of_parent
from twiceshy.guards.contract.measuring import FAILS, REFUSES
from twiceshy.guards.contract.missing import (
    ABSENT,
    DOCUMENT,
    NULL,
    NUMBER,
    holds_documents,
)
from twiceshy.guards.contract.reading import BROKEN
from twiceshy.guards.contract.shapes import ROOT, around

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from twiceshy.guards.contract.comparing import Change
    from twiceshy.guards.contract.shapes import Shape

# Of one value nothing else is left when it is missing.
_SEVERAL = 2
_MAY_NOT = frozenset({"401", "403"})
_NO_CONTENT = frozenset({204, 304})
_KEY = re.compile(r'(?:\.([\w-]+)|\["((?:[^"\\]|\\.)*)"\])$')


class Bearing(Enum):
    """What a difference means when something is missing."""

    ACCUSES = "accuses"
    TOLD = "told"
    FINE = "fine"


def bearing(change: Change, there: Circumstances) -> Bearing:
    """What a difference means; see above."""
    return _RULES.get(change.change, _fine)(change, there)


def _fine(change: Change, there: Circumstances) -> Bearing:  # noqa: ARG001 - one form for all
    return Bearing.FINE


def _accuses(change: Change, there: Circumstances) -> Bearing:  # noqa: ARG001 - one form for all
    return Bearing.ACCUSES


# -- the answer as a whole --------------------------------------------------------------------


def _status(change: Change, there: Circumstances) -> Bearing:
    if not there.after.status:
        return Bearing.ACCUSES
    if change.compatible or there.after.status_class < REFUSES:
        return Bearing.TOLD if there.before.status_class < REFUSES else Bearing.FINE
    if there.after.status_class >= FAILS:
        return Bearing.TOLD if _overflows(there) else Bearing.ACCUSES
    if change.after in _MAY_NOT or alters(there.facts):
        return Bearing.TOLD
    if there.missing.sort == ABSENT:
        return Bearing.FINE if _is_asked_for(there) else Bearing.ACCUSES
    may = is_compared(there) or links(there) or len(leaves(there.before)) < _SEVERAL
    return Bearing.TOLD if may else Bearing.ACCUSES


def _overflows(there: Circumstances) -> bool:
    """Whether the request writes beside numbers of which none can be larger."""
    return alters(there.facts) and there.missing.sort == NUMBER and there.missing.value != "0"


def _is_asked_for(there: Circumstances) -> bool:
    """Whether the rows that are gone are what the request names or looks for."""
    named = {slot.table for slot in there.facts.slots}
    return bool(gone(there) & (named | compared_tables(there)))


def _body(change: Change, there: Circumstances) -> Bearing:
    if there.after.status in _NO_CONTENT:
        return Bearing.TOLD
    if there.after.sort == "empty" and there.before.sort != "json":
        return Bearing.TOLD
    if there.before.sort == "text" and BROKEN not in there.after.sort:
        # Plain text is what was stored, and may look like anything.
        return Bearing.FINE
    return Bearing.FINE if BROKEN in change.before else Bearing.ACCUSES


def _content_type(change: Change, there: Circumstances) -> Bearing:  # noqa: ARG001 - one form for all
    return Bearing.TOLD if there.after.status in _NO_CONTENT else Bearing.ACCUSES


# -- one place --------------------------------------------------------------------------------


def _type(change: Change, there: Circumstances) -> Bearing:
    if change.compatible:
        return Bearing.FINE
    gained = there.after.places[change.path].bases - there.before.places[change.path].bases
    if there.missing.sort == DOCUMENT and gained <= {"object", "array"}:
        # What is stored is passed on as it is.
        return Bearing.TOLD
    return Bearing.ACCUSES


def _null(change: Change, there: Circumstances) -> Bearing:
    if change.compatible:
        return Bearing.FINE
    if change.path == ROOT and there.missing.sort != ABSENT:
        may = of_documents(there) or len(leaves(there.before)) < _SEVERAL
        return Bearing.TOLD if may else Bearing.ACCUSES
    if there.missing.sort == NUMBER:
        return Bearing.TOLD
    if there.missing.sort in {NULL, ABSENT} and not _is_of_column(change.path, there):
        return Bearing.TOLD
    return Bearing.FINE


def _is_of_column(path: str, there: Circumstances) -> bool:
    """Whether a place shows the column, by its name or by its value; rows have no one place."""
    one = there.missing
    if not one.column:
        return True
    key = _key(path).replace("_", "").replace("-", "").casefold()
    column = one.column.replace("_", "").casefold()
    if key and (key in column or column in key):
        return True
    stored = there.known.text(one.table, one.column)
    return bool(stored) and any(stored in text for text in there.before.values.get(path, ()))


def _key(path: str) -> str:
    found = _KEY.search(path.removesuffix("[]"))
    return (found[1] or found[2] or "") if found else ""


def _format(change: Change, there: Circumstances) -> Bearing:
    """Only what no client can read: keys twice, numbers that are none, points in whole numbers."""
    here, now = there.before.places[change.path], there.after.places[change.path]
    twice = now.forms("object") - here.forms("object")
    no_number = {form for form in now.forms("number") - here.forms("number") if form}
    point = "number" in now.bases - here.bases and "integer" in here.bases
    whole = all(map(is_whole, there.after.values.get(change.path, ())))
    strange = point and whole and there.missing.sort != NUMBER
    return Bearing.ACCUSES if twice or no_number or strange else Bearing.FINE


def _vanished(change: Change, there: Circumstances) -> Bearing:
    outside = around(change.path)
    if _is_data(_key(change.path), there):
        return Bearing.FINE
    if _is_emptied(outside, there.after):
        may = outside != ROOT or there.missing.sort == ABSENT or of_documents(there)
        return Bearing.FINE if may or len(leaves(there.before)) < _SEVERAL else Bearing.ACCUSES
    if _is_map(outside, there):
        return Bearing.FINE
    return Bearing.ACCUSES if there.shows_null else Bearing.TOLD


def _is_emptied(path: str, shape: Shape) -> bool:
    place = shape.places.get(path)
    empty = not any(around(other) == path for other in shape.places)
    return place is not None and "object" in place.bases and empty


def _is_data(key: str, there: Circumstances) -> bool:
    """Whether a key is itself a stored value, or stands in a stored document."""
    rows = [row.values for row in there.run.planted]
    stored = {text for values in rows for text in values.values() if text}
    stored |= set(there.known.samples.values())
    document = there.known.text(there.missing.table, there.missing.column)
    inside = json.dumps(key).casefold() in document.casefold()
    return key in stored or (holds_documents(document) and inside)


def _is_map(path: str, there: Circumstances) -> bool:
    """Whether the keys of an object are data themselves.

    They are where one of them is a stored value, where others have come in their place, and where
    all of them hold objects that are alike inside.
    """
    inside = [other for other in there.before.places if around(other) == path]
    come = [other for other in there.after.places if around(other) == path and other not in inside]
    if come or any(_is_data(_key(one), there) for one in inside):
        return True
    forms = {
        frozenset(
            below.removeprefix(one)
            for below in there.before.places
            if below.startswith((f"{one}.", f"{one}["))
        )
        for one in inside
    }
    objects = all("object" in there.before.places[one].bases for one in inside)
    return len(inside) > 1 and objects and len(forms) == 1


# -- counts -----------------------------------------------------------------------------------


def _count(change: Change, there: Circumstances) -> Bearing:
    before, after = there.before.places[change.path].items, there.after.places[change.path].items
    if before is None or after is None or after.total >= before.total:
        return Bearing.FINE
    if there.missing.sort == ABSENT:
        if not hides_a_row(there):
            return Bearing.FINE
        # What is looked for by its values may well decide what else is shown.
        return Bearing.TOLD if gone(there) & compared_tables(there) else Bearing.ACCUSES
    if there.missing.sort != NULL or _decides(there) or is_list_of_parent(change.path, there):
        return Bearing.TOLD
    return Bearing.ACCUSES


def _decides(there: Circumstances) -> bool:
    """Whether the column may well decide which items there are."""
    return of_documents(there) or is_compared(there) or links(there)


_RULES: Mapping[str, Callable[[Change, Circumstances], Bearing]] = {
    comparing.STATUS: _status,
    comparing.BODY: _body,
    comparing.CONTENT_TYPE: _content_type,
    comparing.TYPE: _type,
    comparing.NULL: _null,
    comparing.FORMAT: _format,
    comparing.NULL_AS_TEXT: _accuses,
    comparing.MISSING: _vanished,
    comparing.COUNT: _count,
}
