"""A script while it runs, be it the text of a file or a command that connects by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, Self

from twiceshy.stage.scripts.follow import Follower
from twiceshy.stage.scripts.proxy import Proxy
from twiceshy.stage.scripts.runner import Runner
from twiceshy.stage.scripts.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import TracebackType

    from twiceshy.model.history import CommandResult
    from twiceshy.model.scripts import Script, ScriptStatement
    from twiceshy.postgres.script_text import Part
    from twiceshy.stage.scripts.follow import Record
    from twiceshy.stage.server import Server


_LAST_LINES = 12


class RunCommand(Protocol):
    """Runs the text of a command whose {database_url} leads to a port, in so many seconds."""

    def __call__(self, text: str, database: str, port: int, timeout: float) -> CommandResult:
        """How it ended."""


class FileRunning:
    """The statements of a file, in one session."""

    def __init__(
        self,
        server: Server,
        database: str,
        script: Script,
        parts: tuple[Part, ...],
        cancel: Callable[..., None],
        record: Record | None = None,
    ) -> None:
        self._script = script
        self._parts = parts
        self._session = Session(server, database, script.settings, cancel)
        self._follower = (
            Follower(record, self._session.pid, self._session.ask) if record is not None else None
        )
        self._runner = Runner(self._session, self._follower, script.seconds)
        self.left_open = False

    def __enter__(self) -> Self:
        """It is connected already."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Disconnect."""
        self._session.close()

    def run(self) -> None:
        """All statements, up to the first error; then the session ends, as that of psql does."""
        self._runner.run(self._parts, single=self._script.single_transaction)
        self.left_open = self._session.in_block and not self._runner.failure
        if self._follower is not None:
            self._follower.close()
        self._session.close()

    def since(self, zero: float) -> FileRunning:
        """Times count from here."""
        self._runner.began = zero
        return self

    @property
    def failure(self) -> str:
        """Why it ended early, or ""."""
        return self._runner.failure

    @property
    def failed(self) -> int | None:
        """Where."""
        return self._runner.failed

    @property
    def current(self) -> int:
        """The statement that runs."""
        return self._runner.current

    @property
    def pids(self) -> frozenset[int]:
        """Its one session."""
        return frozenset({self._session.pid})

    @property
    def statements(self) -> Sequence[ScriptStatement]:
        """Those that have ended, where nobody else writes them down."""
        return self._runner.statements


class CommandRunning:
    """A command, and the sessions that it opens through the proxy."""

    def __init__(
        self,
        server: Server,
        database: str,
        script: Script,
        command: RunCommand,
        record: Record | None = None,
    ) -> None:
        self._script = script
        self._database = database
        self._command = command
        self._record = record
        self._proxy = Proxy(server.address, script.settings, record)
        self.failure = ""
        self.failed: int | None = None
        self.left_open = False

    def __enter__(self) -> Self:
        """Wait for its connections."""
        self._proxy.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End those that are left."""
        self._proxy.__exit__(kind, error, trace)

    def run(self) -> None:
        """Run it to its end."""
        seconds = self._script.seconds
        result = self._command(self._script.command, self._database, self._proxy.port, seconds)
        if result.exit_code == 0:
            return
        ended = self._record.statements if self._record else self._proxy.statements
        last_words = "\n".join(result.output.strip().splitlines()[-_LAST_LINES:])
        failed = [
            (place, statement)
            for place, statement in enumerate(ended)
            # Some errors are expected and caught; the one that counts is told in the end.
            if statement.error and statement.error[6:] in last_words
        ]
        if result.exit_code is None:
            self.failure = f"57014 the command had not ended after {seconds:g} s"
        elif failed:
            self.failed, statement = failed[-1]
            self.failure = statement.error
        else:
            last = (last_words.splitlines() or ["it printed nothing"])[-1]
            self.failure = f"XX000 the command ended with exit status {result.exit_code}: {last}"

    def since(self, zero: float) -> CommandRunning:
        """Times count from here."""
        self._proxy.began = zero
        return self

    @property
    def current(self) -> int:
        """The statement that began last."""
        return self._proxy.current

    @property
    def pids(self) -> frozenset[int]:
        """All sessions so far."""
        return self._proxy.pids

    @property
    def statements(self) -> Sequence[ScriptStatement]:
        """Those that have ended, where nobody else writes them down."""
        return self._proxy.statements
