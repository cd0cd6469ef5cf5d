"""What a rehearsal concludes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from twiceshy.model.exhibits import Exhibit


class Value(StrEnum):
    """`recurs` beats `unknown`, which beats `holds`, when verdicts are merged."""

    HOLDS = "holds"
    UNKNOWN = "unknown"
    RECURS = "recurs"


@dataclass(frozen=True, slots=True)
class Finding:
    """One way in which the failure would come back, in words for somebody who never saw the tool.

    `rule` is stable, for programs. `title` is one sentence: what was done and what differed.
    `where` is the place inside the response (`$.deposits[0].amount`), `data` names table and
    columns, `owner` whose data it is, `curl` the request to repeat by hand, `statement` the SQL
    that brought it about, `state` the state in words. `before` and `after` are what differed.
    `remedy` is what to do instead, text to paste where there is one.
    """

    rule: str
    title: str
    request: str
    curl: str = ""
    actor: str = ""
    owner: str = ""
    state: str = ""
    where: str = ""
    before: str = ""
    after: str = ""
    data: tuple[str, ...] = ()
    statement: str = ""
    seen: str = ""
    exhibits: tuple[Exhibit, ...] = ()
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Scope:
    """What the verdict covers. `untried` pairs what was not tried with the reason."""

    tried: tuple[str, ...] = ()
    untried: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    server: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of one rehearsal; `reasons` say why it is `unknown`.

    `exhibits` show the rehearsal as a whole, also one that holds; those of a failure are in its
    finding.
    """

    value: Value
    findings: tuple[Finding, ...] = ()
    scope: Scope = Scope()
    reasons: tuple[str, ...] = ()
    exhibits: tuple[Exhibit, ...] = ()


def worst(values: Iterable[Value]) -> Value:
    """The verdict of several: anything that recurs recurs, else any doubt is doubt."""
    order = [Value.HOLDS, Value.UNKNOWN, Value.RECURS]
    return max(values, key=order.index, default=Value.UNKNOWN)
