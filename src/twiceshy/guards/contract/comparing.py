"""What differs between the shapes of two answers that ought to have one.

The rule is what clients can bear. They break where something is gone, has become of another type
or format, may be null that never was, or has other counts; they do not where something was added,
or where a value is spared them (never null any more): such a difference is `compatible`.

Values do not matter, but their format does. A text whose format nobody knows may become anything; a
text that was a date, a number, an id ... and is so no longer was changed. Where a value is another
one each time (a token, the present moment), only formats that do not come about by chance count.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from twiceshy.guards.contract.formats import (
    BEYOND,
    EMPTY,
    EXACT,
    NOT_JSON,
    NULL_WORD,
    STRICT,
    TWICE,
    decoded,
    is_whole,
    parsed,
    shown,
)
from twiceshy.guards.contract.headers import UNEXPECTED
from twiceshy.guards.contract.shapes import ROOT, Place, Shape, around

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ABSENT = "(not there)"
STATUS, HEADER, CONTENT_TYPE, BODY = "status", "header", "content type", "body"
TYPE, NULL, FORMAT, MISSING, COUNT = "type", "null", "format", "missing", "count"
NULL_AS_TEXT, NEW = "null as text", "new"
_WITH_INSIDE_GONE = frozenset({TYPE, MISSING})
_NUMBERS = frozenset({"integer", "number"})
_SPECIAL = frozenset({EMPTY, NULL_WORD})
# Digits; floating point goes no further.
_LONGEST_NUMBER = 300


@dataclass(frozen=True, slots=True)
class Change:
    """One difference in shape. `path` is a place of the body, or names status or header.

    A `compatible` one breaks nobody who reads the answer.
    """

    change: str
    path: str
    before: str
    after: str
    compatible: bool = False

    @property
    def at(self) -> tuple[str, str]:
        """What it is a change of: the same thing in another pair of answers has the same."""
        return self.change, self.path


def changes(
    before: Sequence[Shape], after: Sequence[Shape], noise: Sequence[Change] | None = None
) -> tuple[Change, ...]:
    """What differs between each of the controls and each of the others, as in the first pair.

    What differs among the controls themselves, in whatever way, is noise there; whoever compares
    with them more than once gives it.
    """
    if not before or not after:
        return ()
    restless = _restless(before) | _restless(after)
    noisy = {one.path for one in (noise_of(before) if noise is None else noise)}
    found = [
        {one.at: one for one in between(here, there, restless)}
        for here in before
        for there in after
    ]
    return tuple(
        one
        for at, one in found[0].items()
        if one.path not in noisy and all(at in others for others in found)
    )


def noise_of(shapes: Sequence[Shape]) -> tuple[Change, ...]:
    """What differs from one answer to the next although nothing was changed, each place once."""
    restless = _restless(shapes)
    found = {
        one.path: one
        for place, here in enumerate(shapes)
        for there in shapes[place + 1 :]
        for one in (*between(there, here, restless), *between(here, there, restless))
    }
    return tuple(found.values())


def unsettled(noise: Sequence[Change]) -> str:
    """How answers differ as a whole from one time to the next; "" when they do not.

    Such answers are a measure of nothing.
    """
    for one in noise:
        as_a_whole = one.change in {STATUS, BODY} or (one.change == TYPE and one.path == ROOT)
        if as_a_whole and not one.compatible:
            return f"{one.before} now, {one.after} then"
    return ""


def _restless(shapes: Sequence[Shape]) -> frozenset[str]:
    """Places whose values differ from one answer to the next, although nothing was changed."""
    if not shapes:
        return frozenset()
    first, *others = shapes
    return frozenset(
        path
        for path, values in first.values.items()
        if any(sorted(other.values.get(path, ())) != sorted(values) for other in others)
    )


def between(
    before: Shape, after: Shape, restless: frozenset[str] = frozenset()
) -> tuple[Change, ...]:
    """What differs in the second of two shapes; nothing more where the status differs already."""
    if before is after or _are_equal(before, after):
        return ()
    if before.status_class != after.status_class:
        shown_after = str(after.status) if after.status else after.sort
        return (Change(STATUS, STATUS, str(before.status), shown_after),)
    found = list(_around_body(before, after))
    if before.sort == after.sort:
        found += _places(before, after, restless)
        found += _order_of_columns(before, after)
    else:
        found.append(Change(BODY, ROOT, before.sort, after.sort))
    return tuple(found)


def _are_equal(before: Shape, after: Shape) -> bool:
    """Whether nothing differs, not even the order of places: mappings are equal in any order."""
    alike = before == after and before.values == after.values
    return alike and list(before.places) == list(after.places)


def _around_body(before: Shape, after: Shape) -> Iterator[Change]:
    if before.status != after.status:
        yield Change(STATUS, STATUS, str(before.status), str(after.status), compatible=True)
    if before.media != after.media:
        named = before.media or ABSENT, after.media or ABSENT
        yield Change(CONTENT_TYPE, "header content-type", *named)
    for name in dict.fromkeys((*before.headers, *after.headers)):
        here, there = before.headers.get(name, ABSENT), after.headers.get(name, ABSENT)
        if here != there:
            harmless = here == ABSENT and name not in UNEXPECTED
            yield Change(HEADER, f"header {name}", here, there, compatible=harmless)


def _order_of_columns(before: Shape, after: Shape) -> Iterator[Change]:
    """Some read the columns of a table by their place, whatever its first line says."""
    if before.sort != "csv":
        return
    here = [path for path in before.places if path in after.places]
    there = [path for path in after.places if path in before.places]
    if here != there:
        yield Change(FORMAT, f"{ROOT}[]", _columns(here), _columns(there))


def _columns(paths: Sequence[str]) -> str:
    return "columns " + ", ".join(path.removeprefix(f"{ROOT}[].") for path in paths[2:])


# -- places -----------------------------------------------------------------------------------


def _places(before: Shape, after: Shape, restless: frozenset[str]) -> Iterator[Change]:
    gone: set[str] = set()
    for path in before.places:
        if around(path) in gone:
            gone.add(path)
            continue
        found = list(_at(path, before, after, restless))
        yield from found
        if _tells_all(after.places.get(path), found):
            gone.add(path)
    yield from _new(before, after, gone)


def _tells_all(there: Place | None, found: Sequence[Change]) -> bool:
    """Whether what became of a place says enough of all that lay inside."""
    if there is None or not there.bases & {"object", "array"}:
        return True
    return any(one.change in _WITH_INSIDE_GONE and not one.compatible for one in found)


def _at(path: str, before: Shape, after: Shape, restless: frozenset[str]) -> Iterator[Change]:
    here, there = before.places[path], after.places.get(path)
    if here == there and before.values.get(path) == after.values.get(path):
        return
    if there is None:
        outside = after.places.get(around(path))
        # An array that has become empty is told by its count.
        if not path.endswith("[]") and (outside is None or "object" in outside.bases):
            yield Change(MISSING, path, shown(here.types), ABSENT)
        return
    if here != there:
        yield from _of_place(path, before, after)
    if "text" in here.bases and "text" in there.bases:
        yield from _formats(path, before, after, restless)
    elif BEYOND in here.forms("integer"):
        yield from _rounded(path, before, after)


def _of_place(path: str, before: Shape, after: Shape) -> Iterator[Change]:
    here, there = before.places[path], after.places[path]
    if here.always and not there.always:
        yield Change(MISSING, path, "always there", "not always there")
    if here.types != there.types:
        yield from _types(path, here, there)
        yield from _numbers(path, before, after)
    if here.items and there.items and here.items != there.items:
        yield Change(COUNT, path, str(here.items), str(there.items))


def _types(path: str, here: Place, there: Place) -> Iterator[Change]:
    words = shown(here.types), shown(there.types)
    gained, lost = there.bases - here.bases, here.bases - there.bases
    if not here.bases:
        # Nothing but null was seen before, so any value may have been meant all along.
        if NULL_WORD in there.forms("text"):
            yield Change(NULL_AS_TEXT, path, *words)
        elif there.bases:
            yield Change(TYPE, path, *words, compatible=True)
    elif gained and gained <= _NUMBERS and here.bases & _NUMBERS:
        # Whole numbers are numbers, but who reads whole numbers stumbles over a point.
        if "number" in gained:
            yield Change(FORMAT, path, *words)
    elif gained or (lost and there.bases):
        yield Change(TYPE, path, *words, compatible=not gained)
    yield from _null(path, here, there)


def _null(path: str, here: Place, there: Place) -> Iterator[Change]:
    words = shown(here.types), shown(there.types)
    if "null" in there.types and "null" not in here.types:
        yield Change(NULL, path, *words)
    elif "null" in here.types and "null" not in there.types and here.bases:
        yield Change(NULL, path, *words, compatible=True)


def _formats(path: str, before: Shape, after: Shape, restless: frozenset[str]) -> Iterator[Change]:
    here, there = before.places[path].forms("text"), after.places[path].forms("text")
    words = shown(before.places[path].types), shown(after.places[path].types)
    lost, gained = here - there - _SPECIAL, there - here - _SPECIAL
    varies = path in restless
    if (there - here) & _SPECIAL and not varies:
        yield Change(NULL_AS_TEXT if NULL_WORD in there - here else FORMAT, path, *words)
    elif _the_same_in_other_words(path, before, after):
        yield Change(FORMAT, path, *_examples(path, before, after))
    elif lost and gained:
        known = lost & STRICT if varies else lost - {""}
        if known or not varies:
            yield Change(FORMAT, path, *words, compatible=not known)
    elif _other_order_of_days(path, before, after):
        yield Change(FORMAT, path, *_examples(path, before, after))


def _the_same_in_other_words(path: str, before: Shape, after: Shape) -> bool:
    """Whether texts turned up in base64, or in quotation marks, that were plain."""
    plain = set(before.values.get(path, ()))
    for text in after.values.get(path, ()):
        raw = decoded(text)
        quoted = parsed(text) if text.startswith('"') else None
        if raw is not None and raw.decode("utf-8", "replace") in plain:
            return True
        if isinstance(quoted, str) and quoted in plain:
            return True
    return False


def _other_order_of_days(path: str, before: Shape, after: Shape) -> bool:
    """Whether every date that could be read in either order has its day and month swapped."""
    here, there = before.values.get(path, ()), after.values.get(path, ())
    if here == there or len(here) != len(there) or not here:
        return False
    return all(_swapped(text) == other for text, other in zip(here, there, strict=True))


def _swapped(text: str) -> str:
    for sign in "/.-":
        parts = text.split(sign)
        if len(parts) == 3 and len(parts[0]) == len(parts[1]) == 2:
            return sign.join([parts[1], parts[0], parts[2]])
    return ""


def _examples(path: str, before: Shape, after: Shape) -> tuple[str, str]:
    here, there = before.values.get(path, ()), after.values.get(path, ())
    pairs = [(one, other) for one, other in zip(here, there, strict=False) if one != other]
    one, other = pairs[0] if pairs else ("", "")
    return f"text: {one}", f"text: {other}"


def _numbers(path: str, before: Shape, after: Shape) -> Iterator[Change]:
    """Keys that stand twice, what is no number in JSON, and decimals that are gone."""
    here, there = before.places[path], after.places[path]
    words = shown(here.types), shown(there.types)
    for base, form in (("object", TWICE), ("number", NOT_JSON)):
        if here.bases and form in there.forms(base) - here.forms(base):
            yield Change(FORMAT, path, *words)
    if "number" in here.bases and there.bases & _NUMBERS == {"integer"}:
        texts = before.values.get(path, ())
        whole = bool(texts) and all(map(is_whole, texts))
        yield Change(FORMAT, path, *words, compatible=whole)


def _rounded(path: str, before: Shape, after: Shape) -> Iterator[Change]:
    """Last digits that are gone."""
    there = set(after.values.get(path, ()))
    for text in before.values.get(path, ()):
        if text not in there and _is_beyond(text) and str(int(float(text))) in there:
            yield Change(FORMAT, path, text, str(int(float(text))))
            return


def _is_beyond(text: str) -> bool:
    return text.lstrip("-").isdigit() and len(text) < _LONGEST_NUMBER and abs(int(text)) > EXACT


def _new(before: Shape, after: Shape, gone: set[str]) -> Iterator[Change]:
    for path, place in after.places.items():
        outside = before.places.get(around(path))
        new = path not in before.places and around(path) not in gone
        if new and outside is not None and "object" in outside.bases and not path.endswith("[]"):
            yield Change(NEW, path, ABSENT, shown(place.types), compatible=True)
