"""What people write in a guard of kind `contract`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from twiceshy.config.project import Record
from twiceshy.guards.requests import RequestEntry, RequestLine

SNAPSHOT = ".contract"
"""How the name of a file with recorded shapes ends."""

Change = Literal[
    "any",
    "status",
    "header",
    "content type",
    "body",
    "type",
    "null",
    "format",
    "missing",
    "count",
    "null as text",
]
"""What can differ; `any` stands for each."""

KEPT_PATH = r"^\$(\.[^.\[\]\s]+|\[\d+\])*$"


class ContractEntry(RequestEntry):
    """One request; what its answer holds can fill slots of later ones."""

    keep: dict[str, Annotated[str, Field(pattern=KEPT_PATH)]] = Field(
        default_factory=dict,
        description='Values of the answer that later requests name as slots: { id = "$.id" }.',
    )


RequestLike = RequestLine | ContractEntry


class Allowance(Record):
    """A change that was made on purpose, with the reason."""

    request: str = Field(default="", description="The request it holds for; empty: every one.")
    path: str = Field(
        default="",
        description='The place in the answer, such as "$.items[].price", and all below it; empty: '
        "the whole answer.",
    )
    change: Change = Field(default="any", description="What may differ there.")
    reason: Annotated[str, Field(min_length=1)] = Field(description="Why that is right.")


def _named(value: object) -> object:
    """One name counts as a list of one."""
    return (value,) if isinstance(value, str) and value != "all" else value


class Spec(Record):
    """Answers keep their shape: across versions, with data missing, on each storage back end."""

    kind: Literal["contract"] = "contract"
    requests: (
        Annotated[tuple[RequestLike, ...], Field(min_length=1)]
        | Annotated[str, Field(pattern=r"^all$|\.har$")]
    ) = Field(
        default="all",
        description='Requests to compare, such as "GET /goals/{goal_id}" or a table with `json`, '
        '`form`, `query`, `keep`; "all" takes every operation of the OpenAPI description, a name '
        "that ends in .har the requests of that recorded traffic.",
    )
    as_actor: str | None = Field(
        default=None,
        alias="as",
        description="The actor who sends the requests; without, nobody is logged in.",
    )
    baseline: str = Field(
        default="",
        description='What to compare with: "git:v1.4", "version:NAME" of the configuration, or a '
        "file that ends in .contract, which `twiceshy record` writes.",
    )
    storage: Annotated[
        tuple[str, ...] | Literal["all"],
        BeforeValidator(_named, json_schema_input_type=str | list[str]),
    ] = Field(
        default=(),
        description='Storage back ends of the configuration to compare with PostgreSQL; "all" '
        "takes every one.",
    )
    missing: bool = Field(
        default=True,
        description="Take data away, one thing at a time, and look at what becomes of the answers.",
    )
    skip: tuple[str, ...] = Field(
        default=(), description='Requests that must not be sent, such as "DELETE /goals/{goal_id}".'
    )
    bind: dict[str, str] = Field(
        default_factory=dict,
        description="Which column a slot takes its values from, where its name does not tell: "
        '{ id = "goals.id" }.',
    )
    allow: tuple[Allowance, ...] = Field(
        default=(), description="Changes that were made on purpose."
    )
    version: str | None = Field(
        default=None, description="The version that failed; `prove` wants it to recur there."
    )

    @property
    def baseline_version(self) -> str:
        """`git:REF`, or the name of a version; "" where a file or nothing is the baseline."""
        return "" if self.baseline_file else self.baseline.removeprefix("version:")

    @property
    def baseline_file(self) -> str:
        """The file with recorded shapes, or ""."""
        return self.baseline if self.baseline.endswith(SNAPSHOT) else ""
