"""Mutations made from the SQL of the fixed service, one small change to one query each.

The queries are the string constants of the service's modules. `accounts.py` is left out: who sends
a request is settled before a rehearsal begins. So is the back office's query, which no request
reaches.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mutations.patch import EXAMPLE, Mutation, Patch

if TYPE_CHECKING:
    from collections.abc import Iterator

MODULES = ("goals", "ledger", "pending")
OUT_OF_REACH = frozenset({"pending.OF_EVERYBODY"})

_TOKEN = re.compile(
    r"%\(\w+\)s|'[^']*'|[()]|\b(?:WHERE|ON|HAVING|AND|OR|GROUP|ORDER|LEFT|JOIN|UNION|LIMIT|FOR|RETURNING)\b"
)
_JOIN = re.compile(r"\b(LEFT )?JOIN\b")
_PARAMETER = re.compile(r"%\((\w+)\)s")
_OPENS = {"WHERE", "ON", "HAVING"}
_CONNECTS = {"AND", "OR"}


@dataclass(frozen=True, slots=True)
class Query:
    """An SQL constant of the service: `goals.OF_USER` and its text."""

    module: str
    name: str
    text: str

    def mutation(self, kind: str, span: tuple[int, int], new: str, says: str) -> Mutation:
        """The text in `span` replaced; numbered below."""
        changed = self.text[: span[0]] + new + self.text[span[1] :]
        return Mutation(
            f"{self.module}.{self.name}:{kind}",
            f"{self.module}.{self.name}: {says}",
            (Patch(f"deposits/{self.module}.py", self.text, changed),),
        )


def generated() -> tuple[Mutation, ...]:
    """All of them, in the order of the source: `goals.ONE:drop:2` is the second of its kind."""
    numbers: Counter[str] = Counter()
    found = []
    for mutation in (each for query in queries() for each in _mutations(query)):
        numbers[mutation.id] += 1
        found.append(replace(mutation, id=f"{mutation.id}:{numbers[mutation.id]}"))
    return tuple(found)


def queries() -> Iterator[Query]:
    """Every SQL constant that a request can reach."""
    for module in MODULES:
        source = (EXAMPLE / "deposits" / f"{module}.py").read_text(encoding="utf-8")
        for node in ast.parse(source).body:
            match node:
                case ast.Assign(
                    targets=[ast.Name(id=name)], value=ast.Constant(value=str() as text)
                ) if f"{module}.{name}" not in OUT_OF_REACH:
                    yield Query(module, name, text)


def _mutations(query: Query) -> Iterator[Mutation]:
    yield from _dropped_and_turned(query)
    yield from _joins(query)
    yield from _swapped(query)


def _joins(query: Query) -> Iterator[Mutation]:
    for join in _JOIN.finditer(query.text):
        what = " ".join(query.text[join.end() :].split()[:2])
        if join[1]:
            yield query.mutation("inner", join.span(), "JOIN", f"{what} must exist")
        else:
            yield query.mutation("left", join.span(), "LEFT JOIN", f"{what} may be missing")


def _swapped(query: Query) -> Iterator[Mutation]:
    """Ids for other ids; anything else would not even be of the right type."""
    found = [each for each in _PARAMETER.finditer(query.text) if each[1].endswith("_id")]
    names = list(dict.fromkeys(each[1] for each in found))
    for each in found:
        if len(names) > 1:
            other = names[(names.index(each[1]) + 1) % len(names)]
            says = f"{other} in the place of {each[1]}"
            yield query.mutation("swap", each.span(), f"%({other})s", says)


def _dropped_and_turned(query: Query) -> Iterator[Mutation]:
    for conjunct, connector in _conjuncts(query.text):
        if connector is not None:
            start, end = connector
            turned = "OR" if query.text[start:end] == "AND" else "AND"
            before = " ".join(query.text[end : conjunct[1]].split())
            yield query.mutation("turn", connector, turned, f"{turned} {before}")
        start, end = conjunct
        says = f"without {' '.join(query.text[start:end].split())}"
        yield query.mutation("drop", conjunct, "true", says)


def _conjuncts(
    text: str,
) -> Iterator[tuple[tuple[int, int], tuple[int, int] | None]]:
    """Each operand of a WHERE, ON or HAVING, with the AND or OR before it."""
    stack: list[tuple[int, tuple[int, int] | None] | None] = [None]
    for token in [*_TOKEN.finditer(text), None]:
        word = token[0] if token else "end"
        if word[0] in "%'":
            continue
        at = token.start() if token else len(text)
        if word == "(":
            stack.append(None)
            continue
        open_condition = stack[-1]
        if open_condition is not None:
            start, connector = open_condition
            yield _trimmed(text, start, at), connector
            stack[-1] = None
        if word == ")":
            stack.pop()
        elif token and (word in _OPENS or (word in _CONNECTS and open_condition is not None)):
            stack[-1] = (token.end(), token.span() if word in _CONNECTS else None)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without the white space around."""
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())
