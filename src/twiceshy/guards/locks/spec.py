"""What people write in a guard of kind `locks`."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from twiceshy.config.project import Record
from twiceshy.guards.lengths import Length, milliseconds
from twiceshy.guards.requests import RequestLike

Rows = Annotated[int, Field(ge=0)]


class Spec(Record):
    """A script, a command or a folder of migrations, and what must not wait for it."""

    kind: Literal["locks"] = "locks"
    script: str | None = Field(
        default=None, description="The SQL file to rehearse, seen from the configuration."
    )
    command: str | None = Field(
        default=None,
        description="A command that connects to {database_url} and changes the database, such as "
        '"alembic upgrade head".',
    )
    migrations: str | None = Field(
        default=None,
        description="A folder of SQL files, each rehearsed after those before it, by name.",
    )
    after: tuple[str, ...] = Field(
        default=(),
        description="SQL files that production has already seen by then, in their order.",
    )
    single_transaction: bool = Field(
        default=False,
        description="Whether each file runs in one transaction, as most migration tools do.",
    )
    rows: dict[str, Rows] | str = Field(
        default_factory=dict,
        description="How many rows tables have in production: { orders = 40000000 }, or the file "
        "that `twiceshy catalogue export` wrote. Elsewhere six times those of the stage.",
    )
    traffic: tuple[RequestLike, ...] = Field(
        default=(),
        description="Requests of the service to send beside the script, with ids in them. Readers "
        "and writers of every table that it touches are made up in any case.",
    )
    as_actor: str | None = Field(
        default=None, alias="as", description="The actor who sends them; none: nobody is logged in."
    )
    blocked: Length = Field(
        default="200ms", description="How long a query may wait: 200ms, 1.5s, 2min."
    )
    settings: dict[str, str] = Field(
        default_factory=dict,
        description="Settings of the role that deploys: { lock_timeout = '300ms' }.",
    )
    timeout: float = Field(default=60, gt=0, description="Seconds that the script may take.")
    version: str | None = Field(
        default=None, description="The version that failed; `prove` wants it to recur there."
    )

    @model_validator(mode="after")
    def _one_of_three(self) -> Self:
        given = [key for key in ("script", "command", "migrations") if getattr(self, key)]
        if len(given) != 1:
            message = "a guard of kind locks names one of script, command and migrations"
            raise ValueError(message)
        return self

    @property
    def blocked_ms(self) -> float:
        """`blocked` in milliseconds."""
        return milliseconds(self.blocked)
