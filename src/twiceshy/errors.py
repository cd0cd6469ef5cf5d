"""Every error that this project raises on purpose, in one tree.

    TwiceshyError
    ├── UsageError                the command line asks for something that cannot be (exit 2)
    │   └── ConfigurationError    a file that the user wrote is wrong: file, line, key (exit 2)
    │       ├── ReportError       a report or a guard block in it is malformed
    │       └── SeveralProblems   several of the above, told at once
    ├── ArchiveUnusable           past runs cannot be read or written; told, but never fails a run
    └── CannotTell                we could not find out; a verdict `unknown`, never `holds` (exit 3)
        ├── ServerUnavailable     no PostgreSQL server could be started
        ├── ExtensionMissing      the schema wants an extension that no server here has
        ├── SchemaFailed          schema, migration or seed did not run to its end
        ├── ServiceFailed         the service (or another process) did not start or died
        ├── LoginFailed           an actor could not log in
        ├── RowRefused            PostgreSQL accepts none of the rows that we propose for a table
        └── StageLost             database or service went away in the middle

A *finding* (the failure would come back) is no error: it is part of a `Verdict`.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


class TwiceshyError(Exception):
    """Something went wrong that a person can mend.

    The message has a fixed order: what happened / where / what was seen / what to do.
    """

    def __init__(self, happened: str, *, where: str = "", seen: str = "", todo: str = "") -> None:
        self.happened = happened
        self.where = where
        self.seen = seen
        self.todo = todo
        super().__init__(happened)

    def __str__(self) -> str:
        """The message for a person, over several lines."""
        lines = [self.happened]
        lines += [f"  where: {self.where}"] if self.where else []
        if self.seen:
            first, *rest = self.seen.splitlines() or [""]
            lines += [f"  seen:  {first}", *(f"         {line}" for line in rest)]
        lines += [f"  to do: {self.todo}"] if self.todo else []
        return "\n".join(lines)


class UsageError(TwiceshyError):
    """The command was called in a way that cannot work."""


@dataclass(frozen=True, slots=True)
class Location:
    """A place in a file that the user wrote; `line` counts from 1, 0 when unknown."""

    file: Path
    line: int = 0

    def __str__(self) -> str:
        """`file:line`, as editors and terminals make clickable."""
        return f"{self.file}:{self.line}" if self.line else str(self.file)


class ConfigurationError(UsageError):
    """A key or value in `twiceshy.toml` is wrong."""

    def __init__(
        self,
        happened: str,
        *,
        location: Location | None = None,
        key: str = "",
        seen: str = "",
        todo: str = "",
    ) -> None:
        self.location = location
        self.key = key
        where = str(location) if location else ""
        if key:
            where = f"{where}, key {key}" if where else f"key {key}"
        super().__init__(happened, where=where, seen=seen, todo=todo)


class ReportError(ConfigurationError):
    """A report cannot be read, or a guard block in it is malformed. Other reports still run."""


class SeveralProblems(ConfigurationError):  # noqa: N818 - says what it holds
    """A file holds more than one problem; `problems` are all of them, in the order of the file."""

    def __init__(self, problems: Iterable[ConfigurationError]) -> None:
        self.problems = tuple(problems)
        first = self.problems[0]
        file = first.location.file if first.location else None
        super().__init__(
            f"{len(self.problems)} problems" + (f" in {file}" if file else ""),
            location=first.location,
        )

    def __str__(self) -> str:
        """Every problem in full, one after the other."""
        return "\n".join([f"{self.happened}:", *(str(problem) for problem in self.problems)])


class ArchiveUnusable(TwiceshyError):  # noqa: N818 - named for the condition, like its siblings
    """The archive of past runs cannot be read or written. A run goes on without it."""


class CannotTell(TwiceshyError):  # noqa: N818 - reads as the verdict that it becomes
    """We could not find out whether the failure would come back; the verdict is `unknown`."""


class ServerUnavailable(CannotTell):
    """No scratch PostgreSQL server could be started."""


class ExtensionMissing(CannotTell):
    """The schema wants a PostgreSQL extension that no server found here can provide."""


class SchemaFailed(CannotTell):
    """A schema file, migration or seed did not run to its end on the scratch database."""


class ServiceFailed(CannotTell):
    """The service, or a process beside it, did not become ready or died."""


class LoginFailed(CannotTell):
    """An actor could not log in, so nothing can be asked in its name."""


class RowRefused(CannotTell):
    """PostgreSQL accepted none of the rows that we proposed for a table."""


class StageLost(CannotTell):
    """The scratch database or the service went away in the middle of a rehearsal."""


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that `name` was most likely meant to be, or None."""
    matches = get_close_matches(name, list(known), n=1, cutoff=0.6)
    return matches[0] if matches else None
