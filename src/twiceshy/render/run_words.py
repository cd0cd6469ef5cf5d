"""What every telling of a run's document has in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from twiceshy.model.verdict import Value
from twiceshy.render.summary import WORDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FACTS = (
    ("sent", "request"),
    ("as", "actor"),
    ("while", "state"),
    ("differs at", "where"),
    ("expected", "before"),
    ("got", "after"),
    ("data", "data"),
    ("whose", "owner"),
    ("evidence", "seen"),
)
"""What a finding says in a line or two: a label, and its key."""


def fact(value: str | list[str]) -> str:
    """What a finding says there, on one line: names in a row, sentences one after the other."""
    if isinstance(value, list):
        return ", ".join(value)
    return "; ".join(line.strip() for line in value.splitlines() if line.strip())


def guards_of(
    document: Mapping[str, Any],
) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """Every rehearsed guard with its report; what recurs first, then what is unknown."""
    order = ("recurs", "unknown", "holds")
    both = [(report, guard) for report in document["reports"] for guard in report["guards"]]
    yield from sorted(both, key=lambda pair: order.index(pair[1]["verdict"]))


def heading(document: Mapping[str, Any]) -> str:
    """`1 recurs, 2 hold`."""
    values = [guard["verdict"] for _, guard in guards_of(document)]
    parts = [
        f"{values.count(value)} {WORDS[value][values.count(value) > 1]}"
        for value in (Value.RECURS, Value.UNKNOWN, Value.HOLDS)
        if value in values
    ]
    problems = sum(len(report["problems"]) for report in document["reports"])
    if problems:
        parts.append(f"{problems} problem{'s' * (problems > 1)} in reports")
    return ", ".join(parts) or "no guard was rehearsed"


def place_of(record: Mapping[str, Any]) -> str:
    """`file:line` of a guard or a problem."""
    return f"{record['file']}:{record['line']}" if record["line"] else str(record["file"])


def scope_line(document: Mapping[str, Any]) -> str:
    """The servers, how much was tried, and how long it took."""
    scopes = [guard["scope"] for _, guard in guards_of(document)]
    servers = dict.fromkeys(scope["server"] for scope in scopes if scope["server"])
    parts = [f"Rehearsed on {', '.join(servers)}"] if servers else []
    tried = sum(len(scope["tried"]) for scope in scopes)
    untried = sum(len(scope["untried"]) for scope in scopes)
    parts += [f"{tried} tried"] if tried else []
    parts += [f"{untried} not tried"] if untried else []
    parts += [f"in {document['seconds']:.1f} s"] if scopes else []
    return ", ".join(parts)
