"""Texts that conditions ask for: of a pattern, a length, a beginning, in capitals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from twiceshy.synthesis.patterns import is_whole, matching, of_like, of_similar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twiceshy.model.schema import Column
    from twiceshy.synthesis.identity import Identity
    from twiceshy.synthesis.remarks import Remark

LENGTHS = frozenset({"length", "char_length", "character_length", "octet_length"})
_REGULAR = frozenset({"~", "~*", "regexp_like", "regexp_match"})
_LIKE = frozenset({"~~", "~~*", "~~ any", "~~* any"})
_BEGINNINGS = frozenset({"starts_with", "^@", "left", "substr", "substring"})
_CONTAINED = frozenset({"position", "strpos"})
_CASES = frozenset({"upper", "lower", "initcap"})
_SIMILAR = "similar_to_escape:"
_LONGEST = 10_000
_STRETCHES = (0, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 64)
_VARIANTS = 3
_LONGER = 8


@dataclass(frozen=True, slots=True)
class _Demands:
    """What one text must be."""

    patterns: tuple[str, ...]
    lengths: tuple[int, int]
    beginnings: tuple[str, ...]
    contained: tuple[str, ...]
    case: str

    def __bool__(self) -> bool:
        return bool(self.patterns or self.beginnings or self.contained or self.case)

    def fits(self, text: str) -> bool:
        least, most = self.lengths
        return least <= len(text) <= most

    def in_case(self, text: str) -> str:
        if self.case == "initcap":
            return text.capitalize()
        return text.upper() if self.case == "upper" else text.lower() if self.case else text


def written(
    column: Column, remarks: tuple[Remark, ...], identity: Identity, attempt: int
) -> Iterator[str]:
    """Texts that do what the remarks about a column ask for; other attempts give other texts."""
    demands = _demands(column, remarks)
    for pattern in demands.patterns:
        for variant in range(_VARIANTS):
            number = identity.number(column.name, pattern, str(attempt), str(variant))
            yield from _matching(pattern, number, demands)
    if len(demands.patterns) > 1 and not any(map(is_whole, demands.patterns)):
        # A digit, a capital letter, a sign: each somewhere.
        number = identity.number(column.name, str(attempt))
        parts = [matching(pattern, number) or "" for pattern in demands.patterns]
        yield demands.in_case(identity.token(column.name, attempt) + "".join(parts))
    if demands:
        yield from _composed(demands, identity.token(column.name, attempt))


def _matching(pattern: str, number: int, demands: _Demands) -> Iterator[str]:
    """The shortest text that is long enough, and a longer one, which others will hardly have."""
    shortest = matching(pattern, number)
    if shortest is None:
        return
    missing = max(0, demands.lengths[0] - len(shortest))
    stretches = [*dict.fromkeys((missing, *_STRETCHES))]
    texts = (demands.in_case(matching(pattern, number, by) or "") for by in stretches)
    fitting = next(filter(demands.fits, texts), None)
    if fitting is not None:
        yield fitting
        longer = demands.in_case(matching(pattern, number, missing + _LONGER) or "")
        if longer != fitting and demands.fits(longer):
            yield longer


def _composed(demands: _Demands, token: str) -> Iterator[str]:
    """A token with everything around it that is asked for, as long as is asked for."""
    least, most = demands.lengths
    middle = "".join(f"{token[:4]}{part}" for part in demands.contained)
    for beginning in demands.beginnings or ("",):
        text = f"{beginning}{middle}{token}"
        text += "x" * (min(least, _LONGEST) - len(text))
        yield demands.in_case(text[:most])


def _demands(column: Column, remarks: tuple[Remark, ...]) -> _Demands:
    patterns = [text for remark in remarks for text in _patterns(remark)]
    least, most = 0, column.max_length or _LONGEST
    for remark in remarks:
        least, most = _narrowed(remark, least, most)
    beginnings = [
        remark.constants[0]
        for remark in remarks
        if remark.constants
        and (remark.step in _BEGINNINGS or remark.operator in _BEGINNINGS)
        # The second constant of left(code, 2) is a number of letters.
        and not remark.constants[0].isdigit()
    ]
    contained = [
        constant
        for remark in remarks
        for name, constants in remark.steps
        if name in _CONTAINED
        for constant in constants
    ]
    cases = [r.step for r in remarks if r.step in _CASES and r.operator == "=" and not r.constants]
    return _Demands(
        tuple(dict.fromkeys(patterns)),
        (least, most),
        tuple(dict.fromkeys(beginnings)),
        tuple(dict.fromkeys(contained)),
        cases[0] if cases else "",
    )


def _patterns(remark: Remark) -> Iterator[str]:
    if any(name not in _CASES | {"btrim"} for name, _ in remark.steps):
        return
    for constant in remark.constants:
        if constant.startswith(_SIMILAR):
            yield of_similar(constant.removeprefix(_SIMILAR))
        elif remark.operator.removesuffix(" any") in _REGULAR:
            yield constant
        elif remark.operator in _LIKE:
            yield of_like(constant)


def _narrowed(remark: Remark, least: int, most: int) -> tuple[int, int]:
    """How long a text may be after one more remark."""
    bounds = [int(text) for text in remark.constants if text.isdigit()]
    if remark.step not in LENGTHS or not bounds:
        return least, most
    if remark.operator in {"=", ">=", ">", "BETWEEN"}:
        least = max(least, bounds[0] + (remark.operator == ">"))
    if remark.operator in {"=", "<=", "<", "BETWEEN"}:
        most = min(most, bounds[-1] - (remark.operator == "<"))
    return (least, most) if least <= most else (0, _LONGEST)
