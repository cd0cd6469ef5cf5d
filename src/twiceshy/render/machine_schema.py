"""The JSON Schema of the document that `render.machine` writes. The texts document it."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

VERDICT = Literal["holds", "recurs", "unknown"]


class _Record(BaseModel):
    # Further keys are allowed, so that a document of tomorrow fits the schema of today.
    model_config = ConfigDict(strict=True)


class SideBySide(_Record):
    """Two texts to compare."""

    form: Literal["side by side"]
    title: str
    left_title: str
    left: str
    right_title: str
    right: str
    highlights: list[str] = Field(description="Texts within left and right to point at.")


class Table(_Record):
    """Rows under column headings."""

    form: Literal["table"]
    title: str
    columns: list[str]
    rows: list[list[str]]


class PathStep(_Record):
    """One step of a path."""

    what: str
    detail: str


class Path(_Record):
    """How something came about, step by step."""

    form: Literal["path"]
    title: str
    steps: list[PathStep]


class Span(_Record):
    """Something that lasted, in seconds of the lanes' clock."""

    began: float
    ended: float
    waits: bool = Field(description="Whether it waited, or did something.")
    says: str
    behind: str = Field(description="The lane that it waited for.")


class Lane(_Record):
    """A statement of a script, a lock, a query beside it, another transaction."""

    name: str
    sort: Literal["statement", "lock", "query", "other"]
    detail: str
    spans: list[Span]


class Lanes(_Record):
    """What happened at the same time."""

    form: Literal["lanes"]
    title: str
    seconds: float = Field(description="The width of the lanes.")
    lanes: list[Lane]


class Line(_Record):
    """One curve of a series."""

    name: str
    steps: bool = Field(description="Whether a value stays until the next, such as a count.")
    points: list[Annotated[list[float], Field(min_length=2, max_length=2)]] = Field(
        description="Pairs of a second and a value; where there is none, nothing was measured."
    )


class Band(_Record):
    """A stretch of time, in seconds, such as that of a fault."""

    began: float
    ended: float
    says: str


class Series(_Record):
    """Curves over time."""

    form: Literal["series"]
    title: str
    unit: str = Field(description='Of every value, such as "ms".')
    seconds: float = Field(description="The width of the curves.")
    lines: list[Line]
    bands: list[Band]
    logarithmic: bool = Field(description="Whether tenfold values stand at equal distance.")


Exhibit: TypeAlias = Annotated[
    SideBySide | Table | Path | Lanes | Series, Field(discriminator="form")
]


class Finding(_Record):
    """One way in which the failure would come back. Texts that do not apply are empty."""

    rule: str = Field(description="Stable name of the rule that found it.")
    title: str = Field(description="One sentence: what was done and what differed.")
    request: str = Field(description='Method and target, such as "GET /goals".')
    curl: str = Field(description="The request as a shell command.")
    actor: str = Field(description="In whose name the request was sent.")
    owner: str = Field(description="Whose data it is.")
    state: str = Field(description="The state of the data, in words.")
    where: str = Field(description='Where in the response, such as "$.deposits[0].amount".')
    before: str = Field(description="What should have been there.")
    after: str = Field(description="What was there.")
    data: list[str] = Field(description='Tables and columns, such as "deposits.amount".')
    statement: str = Field(description="The SQL statement that brought it about.")
    seen: str = Field(description="Anything else that was seen.")
    remedy: str = Field(default="", description="What to do instead; SQL where there is some.")
    exhibits: list[Exhibit]


class Untried(_Record):
    """Something that was not tried."""

    what: str
    why: str


class Scope(_Record):
    """What the verdict covers."""

    tried: list[str]
    untried: list[Untried]
    notes: list[str]
    server: str = Field(description="Name and version of the database server.")


class Guard(_Record):
    """One rehearsal of one guard."""

    kind: str
    file: str = Field(description="The report's file, seen from the project's folder.")
    line: int = Field(description="The line on which the guard begins.")
    version: str = Field(description="The rehearsed version; empty for the working tree.")
    verdict: VERDICT
    reasons: list[str] = Field(description="Why the verdict is unknown.")
    findings: list[Finding]
    scope: Scope
    seconds: float
    exhibits: list[Exhibit] = Field(
        default_factory=list, description="What shows the rehearsal as a whole."
    )


class Problem(_Record):
    """A part of a report that could not be read."""

    happened: str
    file: str
    line: int = Field(description="0 where it is not known.")
    key: str
    seen: str
    todo: str


class Report(_Record):
    """One report."""

    id: str
    title: str
    path: str = Field(description="Seen from the project's folder.")
    guards: list[Guard]
    problems: list[Problem]


class Uncovered(_Record):
    """A request of the service that no guard names, and that could not be compared either."""

    request: str = Field(description='Method and path, such as "GET /goals/{goal_id}".')
    why: str


class Run(_Record):
    """One run of twiceshy, as `--format json` prints it."""

    model_config = ConfigDict(strict=True, title="twiceshy run")

    version: Literal[1] = Field(description="Of this document; within it, keys are only added.")
    reports: list[Report] = Field(description="Sorted by path.")
    seconds: float = Field(description="For the whole run, the stage included.")
    uncovered: list[Uncovered] = Field(
        default_factory=list, description="With --since: what neither a guard nor it covers."
    )
    verdict: VERDICT = Field(description="The worst: recurs before unknown before holds.")


def schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a run's document."""
    dialect = "https://json-schema.org/draft/2020-12/schema"
    return {"$schema": dialect, **Run.model_json_schema()}
