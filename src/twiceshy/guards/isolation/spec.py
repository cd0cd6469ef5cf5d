"""What people write in a guard of kind `isolation`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from twiceshy.config.project import Record
from twiceshy.guards.requests import RequestLike

Rule = Literal[
    "foreign-data-shown",
    "depends-on-others",
    "foreign-row-changed",
    "empty-view-fails",
    "empty-view-hides",
]


class Allowance(Record):
    """A difference that is meant to be, with the reason."""

    request: str = Field(default="", description="The request it holds for; empty: every one.")
    rule: Rule = Field(description="The finding that is allowed.")
    reason: Annotated[str, Field(min_length=1)] = Field(description="Why that is right.")


class Spec(Record):
    """One actor's view must not depend on another's rows, nor break without rows of its own."""

    kind: Literal["isolation"] = "isolation"
    requests: Annotated[tuple[RequestLike, ...], Field(min_length=1)] | Literal["all"] = Field(
        default="all",
        description='Requests to rehearse, such as "GET /goals/{goal_id}" or a table with `json`, '
        '`form`, `query`; "all" takes every operation of the OpenAPI description.',
    )
    as_actor: str = Field(alias="as", description="The actor who sends the requests.")
    against: str = Field(description="The actor whose rows must not matter.")
    bind: dict[str, str] = Field(
        default_factory=dict,
        description="Which column a slot takes its values from, where its name does not tell: "
        '{ id = "goals.id" }.',
    )
    owners: tuple[str, ...] = Field(
        default=(),
        description="Columns that name an owner without a foreign key: "
        '"deposits.user_id = users.id".',
    )
    allow: tuple[Allowance, ...] = Field(
        default=(), description="Differences that are meant to be."
    )
    version: str | None = Field(
        default=None, description="The version that failed; `prove` wants it to recur there."
    )
