"""Plays one phase of a script's rehearsal on a clone of its own."""

from __future__ import annotations

import threading
import time
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

import psycopg

from twiceshy.errors import StageLost
from twiceshy.model.scripts import Broken, ScriptRun
from twiceshy.postgres.connect import connect_as_role
from twiceshy.stage.scripts.clones import Clones
from twiceshy.stage.scripts.follow import Follower, Record
from twiceshy.stage.scripts.gate import Gate
from twiceshy.stage.scripts.probes import Prober
from twiceshy.stage.scripts.runner import Runner, Unreadable, read
from twiceshy.stage.scripts.session import Session
from twiceshy.stage.scripts.sight import Sight
from twiceshy.stage.scripts.traffic import NAME, Traffic

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from twiceshy.model.scripts import Play
    from twiceshy.postgres.connect import Connection
    from twiceshy.stage.scripts.probes import Probe
    from twiceshy.stage.scripts.runner import Reading
    from twiceshy.stage.server import Server

# Seconds of traffic before the script begins and after it has ended.
_LEAD = 0.03
_GAVE_UP = frozenset({"55P03", "57014"})
# An application would not insert the same row twice.
_OURS = frozenset({"23505", "23P01"})


class Phases:
    """Plays the phases of scripts on clones of `template`."""

    def __init__(self, server: Server, template: str) -> None:
        self._server = server
        self._clones = Clones(server, template)

    def play(self, play: Play) -> ScriptRun:
        """One phase of one script. Raises StageLost when the server dies."""
        try:
            reading = read(play.script)
        except Unreadable as problem:
            return ScriptRun(play.phase, failure=str(problem), server=self._server.version)
        began = time.monotonic()
        try:
            with self._clones.clone(play.script) as database, ExitStack() as stack:
                phase = _Phase(self._server, database, play, reading, stack)
                return phase.run(began)
        except psycopg.OperationalError as error:
            child = self._server.child
            if child is not None and not child.alive:
                raise StageLost(
                    "The scratch database server ended by itself while the script ran",
                    where=play.script.name,
                    seen=str(error),
                    todo="look for what in the script could end a whole server",
                ) from error
            raise


class _Phase:
    """One phase while it is played."""

    def __init__(
        self, server: Server, database: str, play: Play, reading: Reading, stack: ExitStack
    ) -> None:
        self._server = server
        self._database = database
        self._play = play
        self._reading = reading
        self._stack = stack
        self._sight = Sight(server, database)
        stack.callback(self._sight.close)

    def run(self, began: float) -> ScriptRun:
        if self._play.phase == "trace":
            return self._trace(began)
        if self._play.phase == "afterwards":
            return self._afterwards(began)
        return self._beside(began)

    # -- alone --------------------------------------------------------------------------------

    def _trace(self, began: float) -> ScriptRun:
        eye = self._stack.enter_context(self._server.connect("postgres"))
        self._sight.watch.prepare(eye)
        with Gate(self._server, lambda: self._sight.watch.look(eye)) as gate:
            record = Record(self._sight, gate)
            with self._session() as session:
                follower = Follower(record, session.pid, session.ask)
                runner = Runner(session, follower, self._play.script.seconds)
                runner.run(self._reading.parts, single=self._play.script.single_transaction)
                left_open = session.in_block and not runner.failure
                follower.close()
        if gate.problem:
            raise StageLost("Commits could not be held up to the end", seen=gate.problem)
        return ScriptRun(
            "trace",
            statements=tuple(record.statements),
            failure=runner.failure,
            gave_up=runner.failure[:5] in _GAVE_UP,
            failed_statement=runner.failed,
            relations=record.before.as_records(),
            seconds=time.monotonic() - began,
            server=self._server.version,
            notes=self._notes(left_open=left_open),
        )

    def _notes(self, *, left_open: bool = False) -> tuple[str, ...]:
        ending = "the script leaves its transaction open: all of it is rolled back at the end"
        return (*self._reading.notes, ending) if left_open else self._reading.notes

    @contextmanager
    def _session(self) -> Iterator[Session]:
        settings = self._play.script.settings
        session = Session(self._server, self._database, settings, self._sight.cancel)
        try:
            yield session
        finally:
            session.close()

    # -- beside traffic -----------------------------------------------------------------------

    def _beside(self, began: float) -> ScriptRun:
        play = self._play
        relations = self._sight.relations()
        prober = Prober(self._sight.conn, relations)
        names = [name for name in play.beside if name in relations.by_name]
        probes = prober.probes(names)
        checks = self._working((*probes, *prober.inserts(names)))

        def name(oid: int) -> str | None:
            entry = relations.by_oid.get(oid)
            return entry.name if entry else None

        traffic = Traffic(self._server, self._database, probes, name)
        self._stack.callback(traffic.close)
        long = _Long(self._server, self._database, play, probes)
        self._stack.callback(long.close)
        with self._session() as session:
            runner = Runner(session, seconds=play.script.seconds, began=traffic.began)
            script = frozenset({session.pid})
            self._drive(traffic, runner, script, long)
        traffic.drain(lambda: script)
        return ScriptRun(
            play.phase,
            statements=tuple(runner.statements),
            waits=tuple(traffic.waits),
            held=traffic.held(),
            broken=self._broken(checks) if not runner.failure else (),
            failure=runner.failure,
            gave_up=runner.failure[:5] in _GAVE_UP,
            failed_statement=runner.failed,
            relations=relations.as_records(),
            seconds=time.monotonic() - began,
            long=long.span(traffic.began),
            queries=traffic.queries,
            slowest=traffic.slowest,
            server=self._server.version,
            notes=self._reading.notes,
        )

    def _drive(self, traffic: Traffic, runner: Runner, script: frozenset[int], long: _Long) -> None:
        """Traffic for a moment, the script in a thread of its own, traffic for another moment."""
        single = self._play.script.single_transaction
        problems: list[BaseException] = []

        def work() -> None:
            try:
                runner.run(self._reading.parts, single=single)
            except BaseException as problem:  # noqa: BLE001 - told where the phase is played
                problems.append(problem)

        thread = threading.Thread(target=work, name="script")
        start = time.monotonic() + _LEAD

        def moment_over() -> bool:
            return time.monotonic() >= start

        traffic.run(lambda: script, lambda: -1, moment_over)
        long.begin()
        thread.start()
        try:
            traffic.run(
                lambda: script,
                lambda: runner.current,
                lambda: not long.goes_on() and not thread.is_alive(),
            )
        finally:
            long.end()
            thread.join()
        if problems:
            raise problems[0]
        start = time.monotonic() + _LEAD
        traffic.run(lambda: script, lambda: -1, moment_over)

    # -- afterwards ---------------------------------------------------------------------------

    def _afterwards(self, began: float) -> ScriptRun:
        relations = self._sight.relations()
        prober = Prober(self._sight.conn, relations)
        names = [name for name in self._play.beside if name in relations.by_name]
        checks = self._working((*prober.probes(names), *prober.inserts(names)))
        with self._session() as session:
            runner = Runner(session, seconds=self._play.script.seconds)
            runner.run(self._reading.parts, single=self._play.script.single_transaction)
        return ScriptRun(
            "afterwards",
            statements=tuple(runner.statements),
            broken=self._broken(checks) if not runner.failure else (),
            failure=runner.failure,
            gave_up=runner.failure[:5] in _GAVE_UP,
            failed_statement=runner.failed,
            relations=relations.as_records(),
            seconds=time.monotonic() - began,
            server=self._server.version,
            notes=self._reading.notes,
        )

    def _working(self, probes: Iterable[Probe]) -> tuple[Probe, ...]:
        """Those that the database answers now."""
        with self._application() as conn:
            return tuple(probe for probe in probes if not _tried(conn, probe.texts[0]))

    def _broken(self, probes: Iterable[Probe]) -> tuple[Broken, ...]:
        """Those that it refuses now."""
        found = []
        with self._application() as conn:
            for probe in probes:
                error = _tried(conn, probe.texts[0])
                if error and error[:5] not in _OURS:
                    found.append(Broken(probe.says, probe.kind, probe.relation, error))
        return tuple(found)

    @contextmanager
    def _application(self) -> Iterator[Connection]:
        conn = connect_as_role(self._server.address, self._database, name=NAME)
        try:
            conn.execute("SET statement_timeout = '10s'")
            yield conn
        finally:
            conn.close()


class _Long:
    """A transaction that began before the script and goes on for a while."""

    def __init__(
        self, server: Server, database: str, play: Play, probes: tuple[Probe, ...]
    ) -> None:
        self._seconds = play.seconds
        self._texts = _texts_of_long(play, probes)
        self._conn = (
            connect_as_role(server.address, database, name="long transaction")
            if self._texts
            else None
        )
        self._began = self._ended = 0.0

    def begin(self) -> None:
        """It begins, and takes its locks, before the script does."""
        if self._conn is not None:
            self._began = time.monotonic()
            self._conn.execute("BEGIN")
            for text in self._texts:
                self._conn.execute(text.encode())

    def goes_on(self) -> bool:
        """Whether it is still open; its time over, it commits."""
        if time.monotonic() >= self._began + self._seconds:
            self.end()
        return self._conn is not None and not self._ended

    def end(self) -> None:
        """Commit, if that has not happened."""
        if self._conn is not None and not self._ended:
            self._ended = time.monotonic()
            self._conn.execute("COMMIT")

    def span(self, zero: float) -> tuple[float, float] | None:
        """Beginning and end, seconds after `zero`."""
        return (self._began - zero, self._ended - zero) if self._conn is not None else None

    def close(self) -> None:
        """End the session."""
        if self._conn is not None:
            self._conn.close()


def _texts_of_long(play: Play, probes: tuple[Probe, ...]) -> tuple[str, ...]:
    if play.phase not in {"behind a reader", "behind a writer"}:
        return ()
    texts = [probe.texts[0] for probe in probes if probe.kind == "reader"]
    if play.phase == "behind a writer":
        texts += [probe.spare for probe in probes if probe.spare]
    return tuple(texts)


def _tried(conn: Connection, text: str) -> str:
    """The error with which a query ends, in a transaction that is rolled back; "" without."""
    try:
        conn.execute("BEGIN")
        conn.execute(text.encode())
        conn.execute("SET CONSTRAINTS ALL IMMEDIATE")
    except psycopg.Error as error:
        text = (error.diag.message_primary or str(error)).strip().splitlines()[0]
        return f"{error.sqlstate or '08006'} {text}"
    finally:
        if not conn.closed:
            conn.execute("ROLLBACK")
    return ""
