"""Runs the text of a script as psql would, statement by statement, and stops at the first error."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from twiceshy.errors import CannotTell
from twiceshy.model.scripts import ScriptStatement
from twiceshy.postgres.script_text import Part, manner_of, parts_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from twiceshy.model.scripts import Script
    from twiceshy.stage.scripts.follow import Follower
    from twiceshy.stage.scripts.session import Outcome, Session

# Commands of psql that change nothing of what the server is asked to do.
_HARMLESS = re.compile(
    r"\\(set\s+(ON_ERROR_STOP|QUIET|VERBOSITY|ECHO\w*|AUTOCOMMIT\s+on)\b.*|unset\s.*|echo\b.*"
    r"|qecho\b.*|warn\b.*|timing\b.*|pset\b.*|x\b.*|t\b.*|a|pager\b.*|d\w*\+?(\s.*)?"
    r"|encoding\s+utf-?8|restrict\b.*|unrestrict\b.*|conninfo|prompt\b.*|errverbose)$",
    re.IGNORECASE | re.DOTALL,
)
# Seconds a statement, on a machine that has much else to do.
_LOOKING = 0.05
_BEGIN, _COMMIT = Part("BEGIN", 0), Part("COMMIT", 0)


class Unreadable(Exception):  # noqa: N818 - what a script holds, no error of ours
    """The text cannot be run; `line` is where and the message says why, SQLSTATE first."""

    def __init__(self, line: int, says: str) -> None:
        self.line = line
        super().__init__(says)


@dataclass(frozen=True, slots=True)
class Reading:
    """A script cut into statements, with what psql alone would have understood."""

    parts: tuple[Part, ...]
    notes: tuple[str, ...] = ()


def read(script: Script) -> Reading:
    """The statements of a script. Raises Unreadable, and CannotTell where psql alone knows how."""
    try:
        text = script.sql.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = script.sql.count(b"\n", 0, error.start) + 1
        byte = script.sql[error.start]
        raise Unreadable(
            line, f'22021 invalid byte sequence for encoding "UTF8": {byte:#04x}, in line {line}'
        ) from None
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise Unreadable(line, f"22021 a zero byte, in line {line}: this is no text")
    notes = []
    statements = []
    for part in parts_of(text.replace("\r\n", "\n")):
        if not part.meta:
            statements.append(part)
        elif _HARMLESS.match(part.sql):
            notes.append(f"line {part.line}: `{part.sql}` is for psql alone and was left out")
        else:
            raise CannotTell(
                "The script holds a command that only psql can follow",
                where=f"{script.name}:{part.line}",
                seen=part.sql,
                todo="write it as SQL, or rehearse psql itself: "
                f'--command "psql -v ON_ERROR_STOP=1 -f {script.name}"',
            )
    return Reading(tuple(statements), tuple(notes))


@dataclass
class Runner:
    """Runs the statements of one script in a session; `statements` are those that have ended.

    With a follower each statement is looked at: in autocommit it runs between a BEGIN and a COMMIT
    of ours, if it can, so that its locks and counters can be read while it still has them.
    """

    session: Session
    follower: Follower | None = None
    seconds: float = 60.0
    statements: list[ScriptStatement] = field(default_factory=list)
    failure: str = ""
    failed: int | None = None
    current: int = -1
    began: float = field(default_factory=time.monotonic)

    def run(self, parts: tuple[Part, ...], *, single: bool) -> None:
        """All statements, up to the first that fails; in one transaction where `single`."""
        # Looking at each statement takes a moment, which is not the script's own.
        ours = _LOOKING * len(parts) if self.follower is not None else 0.0
        self._deadline = time.monotonic() + self.seconds + ours
        for number, part in _numbered(parts, single=single):
            self.current = number
            outcome = self._statement(part)
            if outcome.error:
                self.failure = outcome.error
                self.failed = number
                return

    def _statement(self, part: Part) -> Outcome:
        if self.follower is None:
            return self._plainly(part)
        alone = self.session.in_block or manner_of(part.sql) != "plain"
        outcome = self._followed(part, wrapped=not alone)
        if outcome.wants_no_block and not alone:
            outcome = self._followed(part, wrapped=False)
        return outcome

    def _plainly(self, part: Part) -> Outcome:
        began = time.monotonic()
        in_block = self.session.in_block
        outcome = self._run(part)
        self.statements.append(
            ScriptStatement(
                part.sql,
                part.line,
                began=began - self.began,
                seconds=outcome.seconds,
                error=outcome.error,
                in_transaction=in_block,
            )
        )
        return outcome

    def _followed(self, part: Part, *, wrapped: bool) -> Outcome:
        follower, session = self.follower, self.session
        assert follower is not None  # noqa: S101 - for the type checker
        in_block = session.in_block
        follower.before(part.sql, part.line, in_block=in_block, wrapped=wrapped)
        sent = replace(part, sql=f"BEGIN;\n{part.sql}") if wrapped else part
        # Where there is no moment between its end and its commit, look while it runs.
        looks = None if wrapped or in_block else follower.look
        outcome = self._run(sent, looks)
        follower.ended()
        if outcome.error:
            if wrapped and session.in_block and not session.lost:
                session.ask("ROLLBACK")
            if not (wrapped and outcome.wants_no_block):
                follower.after(outcome.error, in_block=session.in_block)
            return outcome
        if session.in_block:
            follower.inside()
        if wrapped:
            outcome = self._run(_COMMIT) if session.in_block else outcome
        follower.after(outcome.error, in_block=session.in_block)
        return outcome

    def _run(self, part: Part, meanwhile: Callable[[], None] | None = None) -> Outcome:
        left = max(0.01, self._deadline - time.monotonic())
        return self.session.run(part.sql, left, part.data, meanwhile)


def _numbered(parts: tuple[Part, ...], *, single: bool) -> Iterator[tuple[int, Part]]:
    """The statements by their place, with BEGIN and COMMIT of `--single-transaction`."""
    yield from enumerate((_BEGIN, *parts, _COMMIT) if single and parts else parts)
