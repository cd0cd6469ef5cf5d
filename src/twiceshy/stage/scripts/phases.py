"""Plays one phase of a script's rehearsal on a clone of its own."""

from __future__ import annotations

import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import psycopg

from twiceshy.errors import ExtensionMissing, StageLost
from twiceshy.model.scripts import ScriptRun
from twiceshy.postgres.script_text import extensions_named
from twiceshy.stage.scripts.application import Application, Long
from twiceshy.stage.scripts.clones import Clones
from twiceshy.stage.scripts.follow import Record
from twiceshy.stage.scripts.gate import Gate
from twiceshy.stage.scripts.probes import Prober
from twiceshy.stage.scripts.runner import Unreadable, read
from twiceshy.stage.scripts.running import CommandRunning, FileRunning
from twiceshy.stage.scripts.sight import Sight
from twiceshy.stage.scripts.traffic import Traffic
from twiceshy.stage.template import MISSING

if TYPE_CHECKING:
    from twiceshy.model.scripts import Broken, Play, Script
    from twiceshy.stage.scripts.relations import Relations
    from twiceshy.stage.scripts.runner import Reading
    from twiceshy.stage.scripts.running import RunCommand
    from twiceshy.stage.server import Server

# Seconds of traffic before the script begins and after it has ended.
_LEAD = 0.03
# Relations with a reader and a writer each; every one of these is a session.
_MOST_BESIDE = 24
_GAVE_UP = frozenset({"55P03", "57014"})


class Phases:
    """Plays the phases of scripts on clones of `template`."""

    def __init__(self, server: Server, template: str, command: RunCommand) -> None:
        self._server = server
        self._command = command
        self._clones = Clones(server, template)
        self._after: tuple[Script, ScriptRun] | None = None

    def play(self, play: Play) -> ScriptRun:
        """One phase of one script. Raises StageLost when the server dies."""
        if play.phase == "afterwards" and self._after and self._after[0] is play.script:
            return self._after[1]
        try:
            reading = read(play.script)
        except Unreadable as problem:
            return ScriptRun(play.phase, failure=str(problem), server=self._server.version)
        if not reading.parts and not play.script.command:
            notes = (*reading.notes, "the script holds no statement, so it changes nothing")
            return ScriptRun(play.phase, server=self._server.version, notes=notes)
        shims = self._stand_in(play.script)
        began = time.monotonic()
        try:
            with self._clones.clone(play.script) as database, ExitStack() as stack:
                place = _Place(self._server, database, self._command, stack)
                run = PhasePlay(place, play, reading, began).run()
        except psycopg.OperationalError as error:
            raise self._lost(play.script, error) from error
        self._check_alive(play.script, run.failure)
        self._check_extensions(play.script, run.failure)
        if shims:
            note = f"stand-ins of plain SQL took the place of: {', '.join(shims)}"
            run = replace(run, notes=(*run.notes, note))
        if play.phase == "traffic":
            # The queries were tried again there: no need to run the script once more for that.
            self._after = (play.script, _afterwards(run))
        return run

    def _stand_in(self, script: Script) -> tuple[str, ...]:
        """Extensions of the script that plain SQL stands in for on this server."""
        wanted = extensions_named(script.sql.decode("utf-8", "replace"))
        shims = self._server.binaries.shims(wanted)
        self._server.add_shims(shims)
        return shims

    def _check_extensions(self, script: Script, failure: str) -> None:
        found = MISSING.search(failure)
        if found:
            name = found[1] or found[2]
            raise ExtensionMissing(
                f"The script wants {name}, which this server does not have",
                where=script.name,
                seen=self._server.version,
                todo='use the server of this machine (--server system, or server = "system" '
                "under [database]), if that has it",
            )

    def _check_alive(self, script: Script, seen: str) -> None:
        child = self._server.child
        if child is not None and not child.alive:
            raise self._lost(script, seen)

    def _lost(self, script: Script, seen: object) -> StageLost:
        return StageLost(
            "The scratch database server went away while the script ran",
            where=script.name,
            seen=str(seen),
            todo="look for what in the script could end a whole server",
        )


def _afterwards(run: ScriptRun) -> ScriptRun:
    return ScriptRun(
        "afterwards",
        broken=run.broken,
        failure=run.failure,
        gave_up=run.gave_up,
        failed_statement=run.failed_statement,
        relations=run.relations,
        server=run.server,
    )


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a phase is played; `stack` closes what it opens."""

    server: Server
    database: str
    command: RunCommand
    stack: ExitStack


class PhasePlay:
    """One phase while it is played."""

    def __init__(self, place: _Place, play: Play, reading: Reading, began: float) -> None:
        self._place = place
        self._play = play
        self._reading = reading
        self._began = began
        self._sight = Sight(place.server, place.database)
        place.stack.callback(self._sight.close)

    def run(self) -> ScriptRun:
        """The record of it."""
        if self._play.phase == "trace":
            return self._trace()
        if self._play.phase == "afterwards":
            return self._afterwards()
        return self._beside()

    def _running(self, record: Record | None = None) -> FileRunning | CommandRunning:
        server, database, script = self._place.server, self._place.database, self._play.script
        if script.command:
            running = CommandRunning(server, database, script, self._place.command, record)
            return self._place.stack.enter_context(running)
        parts = self._reading.parts
        by_file = FileRunning(server, database, script, parts, self._sight.cancel, record)
        return self._place.stack.enter_context(by_file)

    def _recorded(
        self, running: FileRunning | CommandRunning, also: tuple[str, ...] = (), **more: Any
    ) -> ScriptRun:
        notes = (*self._reading.notes, *also)
        if running.left_open:
            notes += ("the script leaves its transaction open: all is rolled back at its end",)
        return ScriptRun(
            self._play.phase,
            failure=running.failure,
            gave_up=running.failure[:5] in _GAVE_UP,
            failed_statement=running.failed,
            seconds=time.monotonic() - self._began,
            server=self._place.server.version,
            notes=notes,
            **{"statements": tuple(running.statements), **more},
        )

    def _trace(self) -> ScriptRun:
        eye = self._place.stack.enter_context(self._place.server.connect("postgres"))
        self._sight.watch.prepare(eye)
        watch = self._sight.watch
        with Gate(self._place.server, lambda: watch.look(eye), watch.several) as gate:
            record = Record(self._sight, gate)
            running = self._running(record)
            running.run()
        if gate.problem:
            raise StageLost("Commits could not be held up to the end", seen=gate.problem)
        return self._recorded(
            running,
            statements=tuple(record.statements),
            relations=record.before.as_records(),
        )

    def _beside(self) -> ScriptRun:
        relations, names, prober = self._prober()
        probes = prober.probes(names[:_MOST_BESIDE])
        application = Application(self._place.server, self._place.database)
        checks = application.working((*prober.probes(names), *prober.inserts(names)))

        def name(oid: int) -> str | None:
            entry = relations.by_oid.get(oid)
            return entry.name if entry else None

        traffic = Traffic(self._place.server, self._place.database, probes, name)
        self._place.stack.callback(traffic.close)
        long = Long(self._place.server, self._place.database, self._play, probes)
        self._place.stack.callback(long.close)
        running = self._running().since(traffic.began)
        _drive(traffic, running, long)
        broken: tuple[Broken, ...] = ()
        if self._play.phase == "traffic" and not running.failure:
            broken = application.broken(checks)
        left_out = names[_MOST_BESIDE:]
        return self._recorded(
            running,
            (f"no traffic on {len(left_out)} further relations",) if left_out else (),
            waits=tuple(traffic.waits),
            held=traffic.held(),
            broken=broken,
            relations=relations.as_records(),
            long=long.span(traffic.began),
            queries=traffic.queries,
            slowest=traffic.slowest,
        )

    def _afterwards(self) -> ScriptRun:
        relations, names, prober = self._prober()
        application = Application(self._place.server, self._place.database)
        checks = application.working((*prober.probes(names), *prober.inserts(names)))
        running = self._running()
        running.run()
        broken = application.broken(checks) if not running.failure else ()
        return self._recorded(running, broken=broken, relations=relations.as_records())

    def _prober(self) -> tuple[Relations, list[str], Prober]:
        relations = self._sight.relations()
        names = [name for name in self._play.beside if name in relations.by_name]
        return relations, names, Prober(self._sight.conn, relations)


def _drive(traffic: Traffic, running: FileRunning | CommandRunning, long: Long) -> None:
    """Traffic for a moment, the script in a thread of its own, traffic for another moment."""
    problems: list[BaseException] = []

    def work() -> None:
        try:
            running.run()
        except BaseException as problem:  # noqa: BLE001 - raised again below
            problems.append(problem)

    def pids() -> frozenset[int]:
        return running.pids

    def for_a_moment() -> None:
        end = time.monotonic() + _LEAD
        traffic.run(pids, lambda: running.current, lambda: time.monotonic() >= end)

    thread = threading.Thread(target=work, name="script")
    for_a_moment()
    long.begin()
    thread.start()
    try:
        traffic.run(
            pids,
            lambda: running.current,
            lambda: not long.goes_on() and not thread.is_alive(),
        )
    finally:
        long.end()
        thread.join()
    if problems:
        raise problems[0]
    for_a_moment()
    traffic.drain(pids)
