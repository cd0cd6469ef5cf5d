"""What was found by looking at a folder, each fact with the place that it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from pathlib import Path

Confidence: TypeAlias = Literal["sure", "likely", "guess"]


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a file in the folder; `line` counts from 1, 0 means the file as a whole."""

    file: str
    line: int = 0

    def __str__(self) -> str:
        """`Procfile:1`."""
        return f"{self.file}:{self.line}" if self.line else self.file


@dataclass(frozen=True, slots=True)
class Candidate:
    """A value that a key of the configuration could have. `says` tells why, in a few words."""

    value: str
    place: Place | None = None
    confidence: Confidence = "likely"
    says: str = ""

    @property
    def origin(self) -> str:
        """Why this value, for a comment: `Procfile:1, process web`."""
        parts = [str(self.place)] if self.place else []
        parts += [self.says] if self.says else []
        text = ", ".join(parts)
        return f"a guess: {text}" if self.confidence == "guess" else text


@dataclass(frozen=True, slots=True)
class SchemaWay:
    """One way to bring the schema about: files of SQL in their order, or a command."""

    files: tuple[Candidate, ...] = ()
    command: Candidate | None = None

    @property
    def origin(self) -> str:
        """Where this way was found."""
        return self.command.origin if self.command else self.files[0].origin


@dataclass(frozen=True, slots=True)
class FoundProcess:
    """A process beside the service. Without a command it is known by name only."""

    name: str
    command: Candidate
    ready: str = ""
    env: tuple[tuple[str, Candidate], ...] = ()


@dataclass(frozen=True, slots=True)
class FoundActor:
    """A user in the seed: the row that it is, and what the seed knows of how it logs in."""

    name: str
    row: Candidate
    login_name: str = ""
    login_column: str = ""
    password: str = ""


@dataclass(frozen=True, slots=True)
class FoundLogin:
    """A request by which users seem to log in: as a form or in JSON, for a token or for cookies."""

    request: Candidate
    form: bool = False
    token: str = ""
    fields: tuple[str, ...] = ()
    password_field: str = "password"  # noqa: S105 - the name of a field


@dataclass(frozen=True, slots=True)
class Missing:
    """Something that was not found: the key that wants it, and what the user can do."""

    key: str
    says: str
    todo: str


@dataclass(frozen=True, slots=True)
class Discovery:
    """All that was found. Of several candidates the first is the best.

    `env` are variables of the service with values for a rehearsal, `people` is the table of users.
    `missing` is what the configuration still wants, `notes` what the user should know.
    """

    folder: Path
    framework: Candidate | None = None
    commands: tuple[Candidate, ...] = ()
    cwd: Candidate | None = None
    setup: tuple[Candidate, ...] = ()
    ready: Candidate | None = None
    openapi: Candidate | None = None
    auth: Candidate | None = None
    env: tuple[tuple[str, Candidate], ...] = ()
    schema: tuple[SchemaWay, ...] = ()
    seed: tuple[Candidate, ...] = ()
    server: Candidate | None = None
    processes: tuple[FoundProcess, ...] = ()
    actors: tuple[FoundActor, ...] = ()
    login: FoundLogin | None = None
    people: str = "users"
    missing: tuple[Missing, ...] = ()
    notes: tuple[str, ...] = ()
