"""A script on the service's own database, while somebody else sends the service requests.

Here no queries are ours: all that is looked at is which of the database's sessions wait behind the
script. Whoever sends the requests knows when each was on its way; the two are put together later.
"""

from __future__ import annotations

import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

from twiceshy.model.schema import quoted
from twiceshy.model.scripts import ScriptRun
from twiceshy.postgres.connect import query
from twiceshy.stage.scripts.runner import Unreadable, read
from twiceshy.stage.scripts.running import CommandRunning, FileRunning
from twiceshy.stage.scripts.sight import Sight
from twiceshy.stage.scripts.waiting import Holds, Look
from twiceshy.stage.server import ROLE

if TYPE_CHECKING:
    from collections.abc import Callable

    from twiceshy.model.scripts import Play
    from twiceshy.stage.scripts.running import RunCommand
    from twiceshy.stage.server import Server

_BETWEEN_LOOKS = 0.004
# Seconds of requests before the script begins and after it has ended.
_LEAD = 0.3
_AFTER = 0.1


@dataclass(frozen=True, slots=True)
class Sighting:
    """At one moment a session of the service waited behind the script.

    `at` is in seconds of the run's clock, `mode` the script's lock on the relation; `queued` tells
    that the script itself waited.
    """

    at: float
    relation: str
    mode: str
    statement: int
    queued: bool
    row: bool


def beside_service(
    server: Server, database: str, command: RunCommand, play: Play
) -> tuple[ScriptRun, tuple[Sighting, ...], float]:
    """Run the script there; the record, who was seen waiting, and when its clock began.

    The database is not what it was afterwards.
    """
    try:
        parts = read(play.script).parts
    except Unreadable as problem:
        failed = ScriptRun(play.phase, failure=str(problem), server=server.version)
        return failed, (), time.monotonic()
    with ExitStack() as stack:
        sight = Sight(server, database)
        stack.callback(sight.close)
        sight.conn.execute(f"ALTER ROLE {quoted(ROLE)} SUPERUSER")
        stack.callback(sight.conn.execute, f"ALTER ROLE {quoted(ROLE)} NOSUPERUSER")
        running: FileRunning | CommandRunning
        if play.script.command:
            running = CommandRunning(server, database, play.script, command)
        else:
            running = FileRunning(server, database, play.script, parts, sight.cancel)
        stack.enter_context(running)
        return _Looking(sight, running).run(play)


class _Looking:
    """The script in a thread of its own, and looks at the locks meanwhile."""

    def __init__(self, sight: Sight, running: FileRunning | CommandRunning) -> None:
        self._sight = sight
        self._running = running
        self._relations = sight.relations()
        self._holds = Holds()
        self._seen: list[Sighting] = []
        self._began = time.monotonic()
        oid = sight.conn.execute("SELECT oid FROM pg_database WHERE datname = current_database()")
        self._database = (oid.fetchone() or (0,))[0]
        sight.conn.execute(f"PREPARE twiceshy_waits(int[], oid) AS {query('script_waits')}")
        running.since(self._began)

    def run(self, play: Play) -> tuple[ScriptRun, tuple[Sighting, ...], float]:
        problems: list[BaseException] = []

        def work() -> None:
            try:
                self._running.run()
            except BaseException as problem:  # noqa: BLE001 - raised again below
                problems.append(problem)

        thread = threading.Thread(target=work, name="script")
        self._look_until(_over(_LEAD))
        thread.start()
        self._look_until(lambda: not thread.is_alive())
        thread.join()
        if problems:
            raise problems[0]
        self._look_until(_over(_AFTER))
        running = self._running
        run = ScriptRun(
            play.phase,
            statements=tuple(running.statements),
            held=self._holds.all(self._name, time.monotonic() - self._began),
            failure=running.failure,
            failed_statement=running.failed,
            relations=self._relations.as_records(),
            seconds=time.monotonic() - self._began,
        )
        return run, tuple(self._seen), self._began

    def _look_until(self, over: Callable[[], bool]) -> None:
        while not over():
            self._look()
            time.sleep(_BETWEEN_LOOKS)

    def _look(self) -> None:
        script = self._running.pids
        if not script:
            return
        pids = "{" + ",".join(map(str, script)) + "}"
        rows = self._sight.conn.execute(f"EXECUTE twiceshy_waits('{pids}', {self._database})")
        look = Look.of(rows.fetchall(), script)
        at = time.monotonic() - self._began
        self._holds.note(look, at)
        for pid, waiter in look.waiters.items():
            if pid in script or not look.behind(pid, script):
                continue
            relation = waiter.relation or 0
            mode = look.asked.get(relation) or look.held.get(relation, "")
            statement = self._running.current
            name = self._name(relation) or ""
            self._seen.append(Sighting(at, name, mode, statement, look.script_waits, waiter.row))

    def _name(self, oid: int) -> str | None:
        entry = self._relations.by_oid.get(oid)
        return entry.name if entry else None


def _over(seconds: float) -> Callable[[], bool]:
    ends = time.monotonic() + seconds
    return lambda: time.monotonic() >= ends
