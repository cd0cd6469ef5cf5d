"""Stage and traffic together: actors log in, scenarios are played and recorded."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

import psycopg

from twiceshy.errors import CannotTell, ConfigurationError, RowRefused, ServiceFailed, StageLost
from twiceshy.model.history import NoReply, Observation, PlantedRow, Reply, Run
from twiceshy.model.scenario import Plant, Request
from twiceshy.postgres.connect import literal, quoted
from twiceshy.rehearsal.beside import Requests, with_requests
from twiceshy.rehearsal.people import actors_of, without_secret
from twiceshy.rehearsal.readiness import probe
from twiceshy.rehearsal.sending import at_once, filled
from twiceshy.stage.stage import Stage
from twiceshy.traffic.credentials import Credentials, log_in
from twiceshy.traffic.exchange import exchange

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from twiceshy.config.project import Project
    from twiceshy.model.history import RowChange
    from twiceshy.model.ownership import Ownership
    from twiceshy.model.scenario import Operation, Scenario, Step
    from twiceshy.model.schema import QName
    from twiceshy.model.scripts import Play
    from twiceshy.model.survey import Row

_HOST = "127.0.0.1"
_QUIET_WITHIN = 3.0
# Seconds; what a service does by itself more seldom seldom meets a request either.
_LISTENS_FOR = 0.3
_MOST_RESTLESS = 3
_ROW = re.compile(r'\s*([\w."]+)\.([\w"]+)\s*=\s*(.+?)\s*')


class Scene:
    """A stage on which actors are logged in, ready to play.

    `login_tables` are those that changed while the actors logged in. `caches` tells that an answer
    was seen to come from a cache, so that what was asked before may be remembered. With
    `scripts_only` there is a server for scripts, and neither world nor service.
    """

    def __init__(self, project: Project, version: str = "", *, scripts_only: bool = False) -> None:
        self.project = project
        self.scripts_only = scripts_only
        self.stage = Stage(project, version, probe=probe, scripts_only=scripts_only)
        self.actors = actors_of(project)
        self.credentials: dict[str, Credentials] = {}
        self.login_tables: frozenset[QName] = frozenset()
        self.caches = False
        self.login_changes: dict[str, tuple[RowChange, ...]] = {}
        self._started = time.monotonic()
        self._restless = 0
        self._unasked: frozenset[str] = frozenset()

    def open(self) -> Iterator[str]:
        """Bring the stage up and log everybody in, telling each step. Close it in any case."""
        yield from self.stage.rise()
        if self.scripts_only:
            return
        if self.project.service and self.actors:
            yield "logging in " + ", ".join(self.actors)
        self._log_in()
        if self.project.service:
            self._listen()

    def _listen(self) -> None:
        """Learn which statements run although nobody asks: they are no evidence of any request."""
        position = self.stage.log.position()
        time.sleep(_LISTENS_FOR)
        heard = self.stage.log.since(position, self.stage.database)
        self._unasked = frozenset(statement.text for statement in heard.statements)

    def close(self) -> None:
        """Stop everything."""
        self.stage.close()

    def _log_in(self) -> None:
        self.stage.world.take_changes()
        if self.project.service:
            for name, actor in self.actors.items():
                self.credentials[name] = log_in(name, actor, self._send_plainly)
                _, changes = self.stage.world.settle(_QUIET_WITHIN)
                self.login_changes[name] = changes.rows
        tables = {change.table for rows in self.login_changes.values() for change in rows}
        self.login_tables = frozenset(tables)
        self.stage.world.snapshot()
        self.stage.keeper.refusals()

    def _send_plainly(self, request: Request) -> Reply | NoReply:
        service = self.project.service
        return exchange(
            _HOST, self.stage.port, request, timeout=service.timeout if service else 10.0
        )

    def fetch_text(self, path: str) -> str:
        """A document that the service itself serves; ServiceFailed when it does not."""
        answer = self._send_plainly(Request("GET", path))
        if isinstance(answer, NoReply) or answer.status >= 400:
            seen = answer.says if isinstance(answer, NoReply) else f"status {answer.status}"
            raise ServiceFailed(
                "The service does not serve its OpenAPI description",
                where=f"GET {path}",
                seen=seen,
                todo="correct `openapi` under [service]",
            )
        return answer.body.decode("utf-8", "replace")

    def plant_for(
        self, actor: str, table: QName, ownership: Ownership, own: Sequence[tuple[QName, Row]]
    ) -> Row | None:
        """A new row of `table` that belongs to an actor, with the parents that it needs.

        `own` are rows that the actor has already.
        """
        plants: list[Operation] = []
        keys = dict(own)
        chain = {table, *(edge.table for path in ownership.paths(table) for edge in path)}
        chain -= keys.keys() - {table}
        names = {name: f"{actor}.{name}.1" for name in chain}
        for name in ownership.insertion_order(chain):
            parents: list[tuple[str, str]] = []
            values: dict[str, str | None] = {}
            for edge in ownership.edges:
                if edge.table != name or edge in ownership.looping:
                    continue
                if edge.parent in keys:
                    pairs = zip(edge.columns, edge.parent_columns, strict=True)
                    values.update({column: keys[edge.parent].get(key) for column, key in pairs})
                elif edge.parent in names and edge.parent != name and edge.constraint:
                    parents.append((edge.constraint, names[edge.parent]))
            plants.append(
                Plant(names[name], name, actor, tuple(parents), tuple(values.items()), marked=False)
            )
        planted, _, problem = self._apply(plants)
        rows = {row.plant: row for row in planted}
        return rows[names[table]].values if problem is None and names[table] in rows else None

    # -- playing ------------------------------------------------------------------------------

    def play(self, scenario: Scenario) -> Iterator[str]:
        """Play one scenario, tell what takes long, and leave the record in `run`."""
        at = time.monotonic() - self._started
        if scenario.command is not None:
            command = scenario.command
            result = self.stage.run_command(command.text, command.cwd, command.timeout)
            self.run = Run(scenario, at=at, result=result)
            return
        if scenario.script is not None and scenario.script.phase == "service":
            yield from self._beside_service(scenario, scenario.script, at)
            return
        if scenario.script is not None:
            phases = yield from self.stage.phases()
            yield f"{scenario.script.script.name}: {scenario.state.says}"
            self.run = Run(scenario, at=at, script=phases.play(scenario.script))
            return
        planted, refused, problem = self._apply(scenario.state.operations)
        observations: list[Observation] = []
        if problem is None:
            asked = [(step, filled(step, planted)) for step in scenario.steps]
            requests = [(step, request) for step, request in asked if request is not None]
            for seen in self._performed(requests, together=scenario.at_once and len(requests) > 1):
                observations.append(seen)
                if isinstance(seen.answer, NoReply):
                    who = f" as {seen.step.actor}" if seen.step.actor else ""
                    asked_for = f"{seen.request}{who}; {scenario.state.says}"
                    self.stage.check_service(asked_for, patience=0.05)
        self.stage.check_alive()
        self.run = Run(scenario, planted, tuple(observations), at, problem, refused)
        yield from self.rewind()
        if any(_gave_up(seen) for seen in observations):
            # Whatever still works on the request we gave up on would meddle with the next one.
            yield from self.restart()

    def _beside_service(self, scenario: Scenario, play: Play, at: float) -> Iterator[str]:
        """The script on the service's own database while its requests come in."""
        yield f"{play.script.name}: {scenario.state.says}"
        asked = [(step, filled(step, ())) for step in scenario.steps]
        requests = [(step, request) for step, request in asked if request is not None]
        with Requests(requests, self._send) as sending:
            run, seen, began = self.stage.beside_service(play)
        record = with_requests(run, sending.sent, seen, began)
        self.run = Run(scenario, at=at, script=record)
        yield from self.renew()

    def _performed(
        self, asked: Sequence[tuple[Step, Request]], *, together: bool
    ) -> Iterator[Observation]:
        if together:
            yield from self._perform_together(asked)
        else:
            yield from (self.perform(step, request) for step, request in asked)

    def rewind(self) -> Iterator[str]:
        """Back to the snapshot; on a fresh clone where rows alone do not lead back."""
        if not self.stage.world.rewind():
            yield f"fresh clone of the database: {self.stage.world.why_not}"
            yield from self.renew()
        self.stage.log.trim()

    def renew(self) -> Iterator[str]:
        """A fresh clone, a restarted service, and everybody logged in again."""
        yield from self.stage.renew()
        self._log_in()

    def restart(self) -> Iterator[str]:
        """Restart service and processes on the same database: what they had cached is gone."""
        yield from self.stage.restart_service()
        self._log_in()

    def _apply(
        self, operations: Sequence[Operation]
    ) -> tuple[tuple[PlantedRow, ...], tuple[tuple[str, str], ...], str | None]:
        """Change the data: rows planted, rows refused with the reason, and what went wrong."""
        planted: list[PlantedRow] = []
        accepted: list[Operation] = []
        refused: dict[str, str] = {}
        for operation in operations:
            if isinstance(operation, Plant):
                missing = [name for _, name in operation.parents if name in refused]
                if missing:
                    refused[operation.name] = f"{missing[0]} could not be planted"
                    continue
                try:
                    rows = self.stage.planter.resolve(accepted, operation)
                except RowRefused as reason:
                    refused[operation.name] = str(reason)
                    continue
                planted += rows
            accepted.append(operation)
        try:
            self.stage.world.apply(self.stage.planter.sql_for(accepted))
        except psycopg.errors.LockNotAvailable:
            return (), tuple(refused.items()), "the service held rows of that state locked"
        except psycopg.OperationalError as error:
            raise StageLost("The scratch database went away", seen=str(error)) from error
        except psycopg.Error as error:
            return (), tuple(refused.items()), f"the state could not be brought about: {error}"
        self.stage.world.take_changes()
        unique = {row.plant: row for row in planted}
        return tuple(unique.values()), tuple(refused.items()), None

    def perform(self, step: Step, request: Request) -> Observation:
        """Send one request and collect everything that it did."""
        position = self.stage.log.position()
        answer, seconds = self._send(step, request)
        return self._observed(step, request, answer, seconds, position)

    def _send(self, step: Step, request: Request) -> tuple[Reply | NoReply, float]:
        """The answer to an actor's request, and how long it took in seconds."""
        started = time.monotonic()
        credentials = self.credentials.get(step.actor or "", Credentials())
        service = self.project.service
        answer = exchange(
            _HOST,
            self.stage.port,
            request,
            headers=credentials.headers,
            timeout=service.timeout if service else 10.0,
        )
        return answer, time.monotonic() - started

    def _perform_together(self, asked: Sequence[tuple[Step, Request]]) -> Iterator[Observation]:
        """Send several requests in the same moment; the first observation has what they did."""
        position = self.stage.log.position()
        answers = at_once(asked, self._send)
        for (step, request), (answer, seconds) in zip(asked[:1], answers, strict=False):
            yield self._observed(step, request, answer, seconds, position)
        for (step, request), (answer, seconds) in zip(asked[1:], answers[1:], strict=True):
            yield Observation(step, request, answer, seconds=seconds)

    def _observed(
        self,
        step: Step,
        request: Request,
        answer: Reply | NoReply,
        seconds: float,
        position: int,
    ) -> Observation:
        """Everything that was done since the log had come to `position`, once there is quiet."""
        stage = self.stage
        try:
            busy, changes = stage.world.settle(_QUIET_WITHIN)
            self._count_restless(busy)
        except psycopg.Error as error:
            raise StageLost("The scratch database went away", seen=str(error)) from error
        if not changes.complete:
            raise CannotTell(
                "One request changed more rows than can be looked at",
                where=str(request),
                seen=f"more than {len(changes.rows)} rows",
                todo="seed fewer rows, or leave the request out of the guard",
            )
        evidence = stage.log.since(position, stage.database)
        return Observation(
            step=step,
            request=request,
            answer=answer,
            statements=tuple(s for s in evidence.statements if s.text not in self._unasked),
            changes=changes.rows,
            sql_errors=evidence.errors,
            refusals=tuple(stage.keeper.refusals()),
            quiet=not busy,
            seconds=seconds,
        )

    def header_of(self, name: str) -> str:
        """An actor's credentials as header lines, with shell variables in place of secrets."""
        headers = self.credentials.get(name, Credentials()).headers
        return "\n".join(without_secret(name, *pair) for pair in headers)

    def _count_restless(self, busy: str) -> None:
        self._restless = self._restless + 1 if busy else 0
        if self._restless >= _MOST_RESTLESS:
            raise CannotTell(
                "The service never leaves the database at rest, so nothing can be told apart",
                where=f"{_QUIET_WITHIN:g} s after each of {_MOST_RESTLESS} requests",
                seen=busy,
                todo="let its background work be switched off by an environment variable",
            )

    # -- rows ---------------------------------------------------------------------------------

    def rows_of(self, name: str) -> tuple[tuple[QName, Row], ...]:
        """The rows that an actor is, as `actors.<name>.row` says.

        Raises ConfigurationError when the text, the table or the row is not there.
        """
        actor = self.actors[name]
        texts = [actor.row] if isinstance(actor.row, str) else list(actor.row)
        return tuple(self._row(name, text) for text in texts if text)

    def _row(self, name: str, text: str) -> tuple[QName, Row]:
        key = f"actors.{name}.row"
        found = _ROW.fullmatch(text)
        table = found and self.stage.catalogue.find(found[1].replace('"', ""))
        if not found or not table:
            raise ConfigurationError(
                f"The row of {name} names no table of the database",
                location=self.project.location(key),
                key=key,
                seen=text,
                todo="tables: " + ", ".join(str(t.name) for t in self.stage.catalogue.tables),
            )
        column = found[2].replace('"', "")
        if column not in table.column_names:
            raise ConfigurationError(
                f"The row of {name} names no column of {table.name}",
                location=self.project.location(key),
                key=key,
                seen=text,
                todo="columns: " + ", ".join(table.column_names),
            )
        value = found[3].strip("'\"")
        row = self.first_row(table.name, f"{quoted(column)}::text = {literal(value)}")
        if row is None:
            raise ConfigurationError(
                f"There is no row {text}",
                location=self.project.location(key),
                key=key,
                seen=f"{table.name} was looked at after the seed had run",
                todo="let the seed make it, or name a row that exists",
            )
        return table.name, row

    def first_row(self, table: QName, condition: str) -> Row | None:
        """The first row that meets an SQL condition, values as text; None when there is none."""
        rows = self.rows(table, condition, limit=1)
        return rows[0] if rows else None

    def rows(self, table: QName, condition: str, limit: int) -> list[Row]:
        """Rows that meet an SQL condition, values as text, by primary key."""
        facts = self.stage.catalogue.table(table)
        columns = ", ".join(f"{quoted(name)}::text" for name in facts.column_names)
        order = ", ".join(quoted(name) for name in facts.primary_key) or "1"
        relation = f"{quoted(table.schema)}.{quoted(table.name)}"
        sql = f"SELECT {columns} FROM {relation} WHERE {condition} ORDER BY {order} LIMIT {limit}"  # noqa: S608 - names come quoted from the catalogue
        found = self.stage.world.connection.execute(sql).fetchall()
        return [dict(zip(facts.column_names, map(_text, row), strict=True)) for row in found]


def _gave_up(seen: Observation) -> bool:
    return isinstance(seen.answer, NoReply) and seen.answer.kind != "refused"


def _text(value: object) -> str | None:
    return None if value is None else str(value)
