"""What the rehearsal of a database script concludes: who waits, how long, what to do instead."""

from __future__ import annotations

from dataclasses import dataclass, field
from textwrap import wrap
from typing import TYPE_CHECKING, Literal, TypeAlias

from twiceshy.model.verdict import Scope, Value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from twiceshy.model.exhibits import Lanes
    from twiceshy.model.scripts import Broken, Relation, ScriptStatement

Harm: TypeAlias = Literal["blocks", "queues", "breaks", "fails"]
"""Queries wait behind the script; behind its wait for somebody else; fail after it; it fails."""
_COMMENT = 74
"""Letters in a line of a comment."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Queries or requests of one shape that waited; milliseconds of the longest wait.

    `error` is what one of them was told in the end, such as `status 500`.
    """

    query: str
    relation: str
    times: int
    longest: float
    error: str = ""


@dataclass(frozen=True, slots=True)
class Remedy:
    """What to do instead.

    `sql` replaces the statement (or, with `whole`, stands before the script) and can be pasted;
    empty where no mechanical rewrite is known. `says` is the principle in one or two sentences.
    """

    says: str
    sql: str = ""
    whole: bool = False

    @property
    def text(self) -> str:
        """Both, the principle as a comment, so that all of it can be pasted."""
        if not self.sql:
            return f"{self.says} No mechanical rewrite is known."
        lines = wrap(self.says, _COMMENT, break_long_words=False, break_on_hyphens=False)
        comment = "\n".join(f"-- {line}" for line in lines)
        return f"{comment}\n{self.sql}"


@dataclass(frozen=True, slots=True)
class LockFinding:
    """One way in which a script hurts.

    `statement` is its place among the script's statements (None: the script as a whole), `line`
    where it stands in the file. `relation` and `mode` are the lock that counts most, `also` further
    relations that are locked with it. `seen` is what happened, in words. `waited` is the longest
    measured wait in milliseconds, None where nobody was seen waiting. `at_production` is a range
    in words, `drawing` shows it over time.
    """

    harm: Harm
    title: str
    statement: int | None = None
    line: int = 0
    sql: str = ""
    relation: str = ""
    mode: str = ""
    also: tuple[str, ...] = ()
    waited: float | None = None
    waiting: tuple[Waiting, ...] = ()
    seen: str = ""
    at_production: str = ""
    remedy: Remedy = Remedy("")
    drawing: Lanes | None = None


@dataclass(frozen=True, slots=True)
class Conclusion:
    """All that one script's rehearsal came to; `reasons` say why the value is `unknown`."""

    script: str
    value: Value
    blocks: bool = False
    queues: bool = False
    breaks: tuple[Broken, ...] = ()
    fails: str = ""
    findings: tuple[LockFinding, ...] = ()
    statements: tuple[ScriptStatement, ...] = ()
    relations: Mapping[str, Relation] = field(default_factory=dict)
    scope: Scope = field(default_factory=Scope)
    reasons: tuple[str, ...] = ()
