"""What `twiceshy.toml` says, as frozen records. The field texts also make the JSON Schema."""

from __future__ import annotations

import re
import warnings
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from twiceshy.errors import Location

# `table.column = value` or `schema.table.column = value`; names may stand in double quotes.
NAME = r'(?:[^\W\d][\w$]*|"(?:[^"]|"")+")'
ROW = rf"^(?:\s*{NAME}(?:\.{NAME}){{1,2}}\s*=\s*\S.*)?$"
URL = re.compile(r"postgres(?:ql)?://", re.IGNORECASE)


def _no_url(value: object) -> object:
    """Refuses the address of a running server, which is a mistake that deserves its own words."""
    if isinstance(value, str) and URL.match(value):
        raise PydanticCustomError("server_by_url", "A server by URL is not supported yet")
    return value


def _one_or_many(value: object) -> object:
    """A single text counts as a list of one."""
    if isinstance(value, str):
        return (value,)
    return tuple(value) if isinstance(value, list) else value


Files = Annotated[
    tuple[str, ...],
    BeforeValidator(_one_or_many, json_schema_input_type=str | list[str]),
]
Row = Annotated[str, Field(pattern=ROW)]
Seconds = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Command = Annotated[str, Field(min_length=1)]
CommandOrArguments = Command | Annotated[list[str], Field(min_length=1)]
Environment = dict[str, str]


class Record(BaseModel):
    """Frozen, without coercion, and an unknown key is an error."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        strict=True,
        validate_by_name=True,
        validate_by_alias=True,
    )


class Database(Record):
    """The scratch database: which server, and what makes its schema and first rows."""

    server: Annotated[Literal["embedded", "system"], BeforeValidator(_no_url)] = Field(
        default="embedded",
        description="Which PostgreSQL server to start: the one that comes with twiceshy "
        '("embedded"), or binaries found on this machine ("system").',
    )
    schema_files: Files = Field(
        default=(),
        alias="schema",
        description="SQL files that create the schema, run in this order.",
    )
    migrate: Command | None = Field(
        default=None,
        description="A command that brings the schema about, such as a migration tool. "
        "It runs after the files of `schema`.",
    )
    seed: Files = Field(
        default=(),
        description="SQL files with first rows, run after the schema and the migrations.",
    )
    migrations: Annotated[str, Field(min_length=1)] | None = Field(
        default=None,
        description="A folder of SQL files that come on top of schema and seed, in the order of "
        "their names. `twiceshy run` rehearses each of which no rehearsal of this text holds yet.",
    )
    bin: str | None = Field(
        default=None,
        description="The folder that holds a system server's binaries (initdb, postgres).",
    )
    settings: dict[str, str] = Field(
        default_factory=dict,
        description="Settings of the sessions that load schema and seed, such as "
        '{ "app.rows" = "100000" }.',
    )


class Service(Record):
    """The team's own service, the one that requests are sent to."""

    command: CommandOrArguments = Field(
        description="Starts the service in the foreground, on {port} of 127.0.0.1. "
        "A text is split as a shell would; a list is taken as it is.",
    )
    setup: Command | None = Field(
        default=None,
        description="Runs once before the service first starts, also in a version's worktree.",
    )
    cwd: str = Field(default=".", description="The folder to start in, seen from this file.")
    ready: Annotated[str, Field(pattern=r"^(GET /\S*)?$")] = Field(
        default="",
        description='How to tell that it is up: a request such as "GET /health" that is '
        "answered with 2xx or 3xx, or empty: its port accepts connections.",
    )
    ready_within: Seconds = Field(
        default=30, description="Seconds that it may take until it is up."
    )
    timeout: Seconds = Field(default=10, description="Seconds that one request may take.")
    env: Environment = Field(
        default_factory=dict,
        description="Its environment variables. Placeholders such as {database_url} are filled.",
    )
    pass_env: list[str] = Field(
        default_factory=list,
        description="Variables of the caller's environment that it also sees; no others are.",
    )
    openapi: str | None = Field(
        default=None,
        description="Its OpenAPI description: a file, or a path that the service serves "
        "(starts with /).",
    )
    auth: str | None = Field(
        default=None, description="A Web Fuzzing Commons auth file with logins of users."
    )


class Process(Record):
    """One more process that the service needs beside it, such as a cache or a broker."""

    command: CommandOrArguments = Field(
        description="Starts the process in the foreground; {port}, {socket} and {scratch} are "
        "its own."
    )
    setup: Command | None = Field(default=None, description="Runs once before the first start.")
    cwd: str = Field(default=".", description="The folder to start in, seen from this file.")
    ready: Annotated[str, Field(pattern=r"^(tcp|GET /\S*)?$")] = Field(
        default="",
        description='How to tell that it is up: "tcp" (its port accepts connections), a '
        'request such as "GET /health", or empty: being started is enough.',
    )
    ready_within: Seconds = Field(
        default=30, description="Seconds that it may take until it is up."
    )
    env: Environment = Field(default_factory=dict, description="Its environment variables.")
    pass_env: list[str] = Field(
        default_factory=list,
        description="Variables of the caller's environment that it also sees; no others are.",
    )


with warnings.catch_warnings():
    # `json` is the word that users write; that it hides a deprecated method of pydantic is fine.
    warnings.filterwarnings("ignore", message='Field name "json"')

    class Login(Record):
        """How an actor logs in."""

        request: Annotated[str, Field(pattern=r"^[A-Z]+ /\S*$")] = Field(
            description='Method and path of the request that logs in, such as "POST /login".'
        )
        json: Any = Field(default=None, description="The request's body, sent as JSON.")
        form: dict[str, str] = Field(
            default_factory=dict,
            description="The request's body, sent as an HTML form; hidden fields of the page at "
            "that path are added.",
        )
        headers: dict[str, str] = Field(
            default_factory=dict, description="Further headers of the login request."
        )
        token: Annotated[str, Field(pattern=r"^(\$|header \S+$)")] | None = Field(
            default=None,
            description='Where the token stands in the answer: "$.token" in its JSON, or '
            '"header X-Auth-Token". Without it, cookies are kept, and a token against forged '
            "requests is sent along.",
        )
        header: Annotated[str, Field(min_length=1)] = Field(
            default="Authorization", description="The header that carries the token."
        )
        prefix: str = Field(
            default="Bearer ", description="What stands before the token in that header."
        )


class ActorConfig(Record):
    """Somebody who sends requests, with credentials and a row of their own."""

    row: Row | list[Row] = Field(
        default="",
        description='The row or rows that this actor is, such as "users.id = 1".',
    )
    login: Login | None = Field(default=None, description="How this actor logs in.")
    headers: dict[str, str] = Field(
        default_factory=dict,
        description="Headers of every request of this actor, such as a fixed API key.",
    )


class Version(Record):
    """Another version of the service that `prove` compares with the working tree."""

    git: Annotated[str, Field(min_length=1)] | None = Field(
        default=None,
        description="A commit, tag or branch; it gets a worktree and set-up of its own.",
    )
    command: Command | None = Field(default=None, description="Replaces the service's command.")
    setup: Command | None = Field(default=None, description="Replaces the service's set-up.")
    env: Environment = Field(
        default_factory=dict, description="Environment variables on top of the service's."
    )
    cwd: str | None = Field(default=None, description="Replaces the service's folder.")
    scripts: dict[str, str] = Field(
        default_factory=dict,
        description="Other files in place of scripts that guards name: "
        '{ "db/nightly.sql" = "db/nightly_before.sql" }.',
    )


class Storage(Record):
    """Another storage back end on which the service can run."""

    env: Environment = Field(
        default_factory=dict, description="Environment variables on top of the service's."
    )
    command: Command | None = Field(default=None, description="Replaces the service's command.")
    setup: Command | None = Field(
        default=None, description="Runs once before this back end is first tried."
    )
    migrate: Command | None = Field(
        default=None,
        description="A command that brings tables, folders or buckets about. It runs before every "
        "start of the service, which finds {scratch} empty each time, with the same environment.",
    )
    requires: Files = Field(
        default=(),
        description="Programs without which this back end cannot be tried, such as "
        '"mariadbd". Where one is missing, guards say so and go on.',
    )
    processes: Files = Field(
        default=(),
        description="Those of [process.*] that belong to this back end: they are started for it "
        "only, and anew each time.",
    )


class Network(Record):
    """Where the service may connect to. All else is refused and reported."""

    allow: list[str] = Field(
        default_factory=list, description="Host names, or host:port, that it may reach."
    )


class Site(Record):
    """The pages that `twiceshy site` makes of the reports."""

    title: str = Field(
        default="",
        description="What the pages are called; without it, the name of the project's folder.",
    )
    url: Annotated[str, Field(pattern=r"^https?://\S+$")] | None = Field(
        default=None,
        description="Where the pages will stand, such as "
        '"https://postmortems.example.com/". Links in the feed begin with it.',
    )
    edit: Annotated[str, Field(pattern=r"^https?://\S*\{path\}\S*$")] | None = Field(
        default=None,
        description="Where a report is edited, with {path} for the report's path seen from this "
        'file, such as "https://github.com/org/repo/edit/main/{path}".',
    )


class Actions(Record):
    """How the action items of all reports are followed up."""

    fail_overdue: bool = Field(
        default=False,
        description="Whether `twiceshy actions` exits with 1 when an action item is overdue.",
    )


Given = str | int | float | bool


class Settings(Record):
    """All that the file can say."""

    reports: Annotated[str, Field(min_length=1)] = Field(
        default="postmortems", description="The folder of the reports, seen from this file."
    )
    database: Database = Field(
        default_factory=Database, description="The scratch database that guards run on."
    )
    service: Service | None = Field(default=None, description="The service under rehearsal.")
    process: dict[str, Process] = Field(
        default_factory=dict, description="Further processes that the service needs, by name."
    )
    actors: dict[str, ActorConfig] = Field(
        default_factory=dict, description="Who sends requests, by name."
    )
    versions: dict[str, Version] = Field(
        default_factory=dict, description="Other versions of the service, by name."
    )
    storage: dict[str, Storage] = Field(
        default_factory=dict, description="Other storage back ends, by name."
    )
    rows: dict[str, dict[str, Given | list[Given]]] = Field(
        default_factory=dict,
        description="Values for the rows that guards plant, by table and column, where none can "
        "be found that PostgreSQL takes. A text is written as PostgreSQL reads it; of a list the "
        "first value that fits a row is taken, so a key needs one.",
    )
    network: Network = Field(
        default_factory=Network, description="Where the service may connect to."
    )
    actions: Actions = Field(
        default_factory=Actions, description="How action items are followed up."
    )
    site: Site = Field(default_factory=Site, description="How the reports are shown as pages.")


class Project(Settings):
    """The settings, with the file that they come from.

    `root` is the folder of the file: every path in the settings is seen from there.
    `origin` maps each dotted key to the file's line on which it stands.
    """

    root: Path
    file: Path
    origin: dict[str, int] = Field(default_factory=dict)

    def location(self, key: str) -> Location:
        """Where `key` stands in the file; where its table stands, when it was left out."""
        while key and key not in self.origin:
            key = key.rpartition(".")[0]
        return Location(self.file, self.origin.get(key, 0))
