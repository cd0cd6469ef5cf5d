"""What people write in a guard of kind `preexisting`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from twiceshy.config.project import Record
from twiceshy.guards.requests import RequestEntry

TABLE = r"^[^\s]+$"
PERCENT = r"^\s*\d{1,3}(\.\d+)?\s*%\s*$"
RATE = r"^\s*0*[1-9]\d{0,3}(\.\d+)?\s*/\s*(s|min)\s*$"


class Expectation(Record):
    """The outcome that the request must have, where two controls alone should not say it."""

    status: int | None = Field(
        default=None, ge=100, le=599, description="The status of the answer."
    )
    rows: dict[str, int] | None = Field(
        default=None,
        description="How many rows it adds to which tables: { users = 1 }. Other tables are not "
        "looked at then.",
    )


class Refusing(Record):
    """A table whose rows may well decide the outcome, with the reason."""

    table: Annotated[str, Field(pattern=TABLE)] = Field(description="The table.")
    column: str = Field(default="", description="One column of it; empty: all of them.")
    reason: Annotated[str, Field(min_length=1)] = Field(description="Why that is right.")


class Campaign(Record):
    """A rush of such requests, some of them from people who are known elsewhere."""

    sign_ups: int = Field(default=20_000, ge=1, description="How many requests are expected.")
    known: Annotated[str, Field(pattern=PERCENT)] = Field(
        default="30 %", description="How many of them have rows elsewhere."
    )
    played: int = Field(
        default=40, ge=1, le=500, description="How many are played; the rest is reckoned."
    )
    together: int = Field(default=4, ge=1, le=32, description="How many are sent in one moment.")
    rate: Annotated[str, Field(pattern=RATE)] | None = Field(
        default=None,
        description='How many are sent a second or minute, such as "50/s", whether or not earlier '
        "ones have been answered; in place of `together`.",
    )


class Spec(RequestEntry):
    """A legitimate request must not depend on rows that are already there elsewhere."""

    kind: Literal["preexisting"] = "preexisting"
    as_actor: str | None = Field(
        default=None,
        alias="as",
        description="The actor who sends the request; without, nobody is logged in.",
    )
    keys: tuple[str, ...] = Field(
        default=(),
        description='The values of the request that are keys, such as "email" or "person.id"; '
        "without, every value that can be another one.",
    )
    expect: Expectation = Field(
        default_factory=Expectation,
        description="The outcome, where the controls should not say it: `status`, `rows`.",
    )
    allow: tuple[Refusing, ...] = Field(
        default=(), description="Tables whose rows may decide the outcome, such as a block list."
    )
    must_accept: tuple[str, ...] = Field(
        default=(),
        description="Tables whose rows must not matter although the request writes its keys there.",
    )
    skip: tuple[str, ...] = Field(
        default=(), description='Tables, or columns ("carts.email"), that are not tried.'
    )
    campaign: Campaign | None = Field(
        default=None, description="Play a rush of such requests as well, and count who is refused."
    )
    version: str | None = Field(
        default=None, description="The version that failed; `prove` wants it to recur there."
    )
