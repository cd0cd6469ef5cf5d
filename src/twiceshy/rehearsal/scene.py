"""Stage and traffic together: actors log in, scenarios are played and recorded."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import psycopg

from twiceshy.errors import CannotTell, StageLost
from twiceshy.model.history import NoReply, Observation, Run
from twiceshy.model.scenario import Plant
from twiceshy.rehearsal.beside import Requests, with_requests
from twiceshy.rehearsal.client import Client
from twiceshy.rehearsal.readiness import probe
from twiceshy.rehearsal.rows import rows, rows_of_actor
from twiceshy.rehearsal.sending import Filling, at_once, filled
from twiceshy.rehearsal.states import States
from twiceshy.stage.stage import Stage

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from twiceshy.config.project import Project
    from twiceshy.model.history import Reply, RowChange
    from twiceshy.model.ownership import Ownership
    from twiceshy.model.scenario import Operation, Request, Scenario, Step
    from twiceshy.model.schema import QName
    from twiceshy.model.scripts import Play
    from twiceshy.model.survey import Row

_QUIET_WITHIN = 3.0
# Seconds; what a service does by itself more seldom seldom meets a request either.
_LISTENS_FOR = 0.3
_LISTENS_AFTER_LOGIN = 1.0
_MOST_RESTLESS = 3


class Scene:
    """A stage on which actors are logged in, ready to play.

    `caches` tells that an answer was seen to come from a cache, so that what was asked before may
    be remembered. With `scripts_only` there is a server for scripts, and neither world nor service.
    With `like`, a scene that is open and stays so, this one shares its server and gets the same
    rows. `began` is the moment, on the monotonic clock, from which runs count. `spent` tells that a
    strain has left its rows, and that it must be renewed before anything else.
    """

    def __init__(
        self,
        project: Project,
        version: str = "",
        *,
        scripts_only: bool = False,
        like: Scene | None = None,
    ) -> None:
        self.project = project
        self.scripts_only = scripts_only
        beside: Stage | None = like.stage if like else None
        self.stage: Stage = Stage(
            project, version, probe=probe, scripts_only=scripts_only, beside=beside
        )
        self.client = Client(project, lambda: self.stage.port)
        self.actors = self.client.actors
        self.caches = False
        self.spent = False
        self.login_changes: dict[str, tuple[RowChange, ...]] = {}
        self._states = States(self.stage, beside)
        self.began: float = like.began if like else time.monotonic()
        self._restless = 0
        self._unasked: frozenset[str] = frozenset()
        self._written_unasked: set[QName] = set()
        # Which statements wrote to a table while actors logged in.
        self._wrote: dict[QName, set[str]] = {}

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
        began = time.monotonic()
        while True:
            time.sleep(_LISTENS_FOR)
            heard = self.stage.log.since(position, self.stage.database)
            self._unasked = frozenset(statement.text for statement in heard.statements)
            self._written_unasked = {t for done in heard.statements for t in done.writes}
            # A busy machine may let a thread of the service wait for long.
            if not self.login_tables or time.monotonic() - began > _LISTENS_AFTER_LOGIN:
                return

    @property
    def login_tables(self) -> frozenset[QName]:
        """Tables that changed because the actors logged in, not just at the same time."""
        changed = {change.table for rows in self.login_changes.values() for change in rows}
        return frozenset(
            table
            for table in changed
            if table not in self._written_unasked or self._wrote.get(table, set()) - self._unasked
        )

    def close(self) -> None:
        """Stop everything."""
        self.stage.close()

    def _log_in(self) -> None:
        self.stage.world.take_changes()
        if self.project.service:
            for name in self.actors:
                position = self.stage.log.position()
                self.client.log_in(name)
                _, changes = self.stage.world.settle(_QUIET_WITHIN)
                self.login_changes[name] = changes.rows
                done = self.stage.log.since(position, self.stage.database)
                for statement in done.statements:
                    for table in statement.writes:
                        self._wrote.setdefault(table, set()).add(statement.text)
        self.stage.world.snapshot()
        self.stage.keeper.refusals()

    def fetch_text(self, path: str) -> str:
        """A document that the service itself serves; ServiceFailed when it does not."""
        return self.client.fetch_text(path)

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
        applied = self._states.bring_about(plants)
        rows = {row.plant: row for row in applied.planted}
        return rows[names[table]].values if names[table] in rows else None

    # -- playing ------------------------------------------------------------------------------

    def play(self, scenario: Scenario) -> Iterator[str]:
        """Play one scenario, tell what takes long, and leave the record in `run`."""
        at = time.monotonic() - self.began
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
        applied = self._states.bring_about(scenario.state.operations)
        filling = Filling(applied.planted)
        observations: list[Observation] = []
        if applied.problem is None:
            for seen in self._performed(scenario, filling):
                observations.append(seen)
                if isinstance(seen.answer, NoReply):
                    who = f" as {seen.step.actor}" if seen.step.actor else ""
                    asked_for = f"{seen.request}{who}; {scenario.state.says}"
                    self.stage.check_service(asked_for, patience=0.05)
        self.stage.check_alive()
        refused = (*applied.refused, *filling.refused)
        self.run = Run(scenario, applied.planted, tuple(observations), at, applied.problem, refused)
        yield from self.rewind()
        if any(_gave_up(seen) for seen in observations):
            # Whatever still works on the request we gave up on would meddle with the next one.
            yield from self.restart()

    def _beside_service(self, scenario: Scenario, play: Play, at: float) -> Iterator[str]:
        """The script on the service's own database while its requests come in."""
        yield f"{play.script.name}: {scenario.state.says}"
        asked = [(step, filled(step, ())) for step in scenario.steps]
        requests = [(step, request) for step, request in asked if request is not None]
        with Requests(requests, self.client.send) as sending:
            run, seen, began = self.stage.beside_service(play)
        record = with_requests(run, sending.sent, seen, began)
        self.run = Run(scenario, at=at, script=record)
        yield from self.renew()

    def _performed(self, scenario: Scenario, filling: Filling) -> Iterator[Observation]:
        if scenario.at_once and len(scenario.steps) > 1:
            asked = [(step, filling.request(step)) for step in scenario.steps]
            requests = [(step, request) for step, request in asked if request is not None]
            yield from self._perform_together(requests, scenario)
            return
        for step in scenario.steps:
            request = filling.request(step)
            if request is not None:
                seen = self.perform(step, request)
                filling.keep(step, seen.answer)
                yield seen

    def rewind(self) -> Iterator[str]:
        """Back to the snapshot; on a fresh clone where rows alone do not lead back."""
        if not self.stage.world.rewind():
            yield f"fresh clone of the database: {self.stage.world.why_not}"
            yield from self.renew()
        self.stage.log.trim()

    def renew(self, *, explains: bool = True) -> Iterator[str]:
        """A fresh clone, a restarted service, and everybody logged in again; see `Stage.renew`."""
        yield from self.stage.renew(explains=explains)
        self.spent = False
        self._log_in()

    def restart(self) -> Iterator[str]:
        """Restart service and processes on the same database: what they had cached is gone."""
        yield from self.stage.restart_service()
        self._log_in()

    def perform(self, step: Step, request: Request) -> Observation:
        """Send one request and collect everything that it did."""
        position = self.stage.log.position()
        answer, seconds = self.client.send(step, request)
        return self._observed(step, request, answer, seconds, position)

    def _perform_together(
        self, asked: Sequence[tuple[Step, Request]], scenario: Scenario
    ) -> Iterator[Observation]:
        """Send several requests at once or at a rate; the first observation has what they did."""
        position = self.stage.log.position()
        together, met = self._sent_together(asked, scenario)
        for (step, request), ((answer, seconds), _) in zip(asked[:1], together, strict=False):
            yield replace(self._observed(step, request, answer, seconds, position), met=met)
        for (step, request), ((answer, seconds), sent) in zip(asked[1:], together[1:], strict=True):
            yield Observation(step, request, answer, seconds=seconds, sent=sent)

    def _sent_together(
        self, asked: Sequence[tuple[Step, Request]], scenario: Scenario
    ) -> tuple[list[tuple[tuple[Reply | NoReply, float], float]], int | None]:
        """Answers, how long each took and when it was sent; and how many met before they wrote."""
        if scenario.rate or not scenario.meet_at:
            return at_once(asked, self.client.send, scenario.rate), None
        try:
            with self.stage.meeting(scenario.meet_at) as meeting:
                together = at_once(asked, self.client.send, meanwhile=meeting.wait)
        except psycopg.Error as error:
            raise StageLost("The scratch database went away", seen=str(error)) from error
        return together, meeting.met

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
        """The rows that an actor is; see `rows_of_actor`."""
        return rows_of_actor(self.project, self.stage, name, self.actors[name])

    def first_row(self, table: QName, condition: str) -> Row | None:
        """The first row that meets an SQL condition, values as text; None when there is none."""
        found = self.rows(table, condition, limit=1)
        return found[0] if found else None

    def rows(self, table: QName, condition: str, limit: int) -> list[Row]:
        """Rows that meet an SQL condition, values as text, by primary key."""
        return rows(self.stage, table, condition, limit)


def _gave_up(seen: Observation) -> bool:
    return isinstance(seen.answer, NoReply) and seen.answer.kind != "refused"
