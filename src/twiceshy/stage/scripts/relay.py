"""One connection through the proxy: passes messages on, and looks between them.

What a client sends up to the point where it waits for an answer (a simple query, or everything up
to Sync) is one unit. Before ReadyForQuery ends a unit, its locks are read. A unit that would commit
by itself gets a BEGIN before and a COMMIT after it, where its statement may run in a transaction.
"""

from __future__ import annotations

import select
import time
from typing import TYPE_CHECKING

from twiceshy.model.scripts import ScriptStatement
from twiceshy.postgres.script_text import manner_of
from twiceshy.stage.scripts.wire import (
    Lost,
    error_of,
    ready,
    simple_query,
    texts,
    values_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from twiceshy.stage.scripts.follow import Follower
    from twiceshy.stage.scripts.wire import Message, Wire

# What a client sends in the middle of a unit that it has already ended.
_COPIES = frozenset({b"d", b"c", b"f"})
_ENDS_UNIT = frozenset({b"Q", b"S", b"F"})


class Relay:
    """Passes one connection on, from the client's start to its end.

    `follow` makes a follower of the session once it is ready; without one, `told` hears of each
    statement as it ends, and `began` when one begins.
    """

    def __init__(
        self,
        client: Wire,
        server: Wire,
        follow: Callable[[Relay], Follower | None],
        told: Callable[[ScriptStatement], None],
        zero: float,
    ) -> None:
        self._client = client
        self._server = server
        self._follow = follow
        self._told = told
        self._zero = zero
        self._follower: Follower | None = None
        self._prepared: dict[str, str] = {}
        self._forget()
        self.pid = 0
        self._status = b""
        self.began: Callable[[], None] = lambda: None

    def _forget(self) -> None:
        self._sql: list[str] = []
        self._open = self._complete = self._wrapped = False
        self._error = self._parsed = ""
        self._held: bytes = b""
        self._since = 0.0

    def run(self) -> None:
        """Pass on until one side ends."""
        poll = select.poll()
        sides = {wire.sock.fileno(): wire for wire in (self._client, self._server)}
        for number in sides:
            poll.register(number, select.POLLIN)
        try:
            while not any(wire.ended for wire in sides.values()):
                for number, _ in poll.poll():
                    sides[number].receive()
                self._pass_on()
        except Lost:
            pass
        finally:
            if self._follower is not None:
                self._follower.close()

    @property
    def busy(self) -> bool:
        """Whether a unit is on its way."""
        return self._open

    def _pass_on(self) -> None:
        while True:
            moved = False
            while (message := self._server.next()) is not None:
                self._from_server(message)
                moved = True
            while (message := self._client.next()) is not None:
                if self._complete and message.type not in _COPIES:
                    self._client.put_back(message)
                    break
                self._from_client(message)
                moved = True
            if not moved:
                return

    # -- from the client ----------------------------------------------------------------------

    def _from_client(self, message: Message) -> None:
        if self._status and message.type not in _COPIES:
            self._note(message)
        self._server.send(message.raw)

    def _note(self, message: Message) -> None:
        text = self._text(message)
        if not self._open:
            self._open = True
            self._begin(text or self._parsed)
        if text:
            self._sql.append(text)
        self._complete = self._complete or message.type in _ENDS_UNIT

    def _text(self, message: Message) -> str:
        """The SQL that a message brings or names; "" for none."""
        if message.type == b"Q":
            return next(texts(message.body)).strip()
        if message.type == b"P":
            name, sql, *_ = texts(message.body)
            self._prepared[name] = self._parsed = sql.strip()
            return ""
        if message.type == b"B":
            _, name, *_ = texts(message.body)
            return self._prepared.get(name, "").strip()
        return ""

    def _begin(self, sql: str) -> None:
        self._since = time.monotonic()
        self.began()
        if self._follower is None:
            return
        in_block = self._status != b"I"
        self._wrapped = not in_block and bool(sql) and manner_of(sql) == "plain"
        self._follower.before(sql, 0, in_block=in_block, wrapped=self._wrapped)
        if self._wrapped:
            self.ask("BEGIN")

    # -- from the server ----------------------------------------------------------------------

    def _from_server(self, message: Message) -> None:
        if message.type == b"K":
            self.pid = int.from_bytes(message.body[:4], "big")
        elif message.type == b"E":
            self._error = self._error or error_of(message.body)
        elif message.type == b"Z":
            self._ready(message.body)
            return
        held, self._held = self._held, b""
        if message.type == b"C" and self._open:
            # That it is done is said only once it is committed, if nothing follows it.
            self._held = message.raw
            message = message._replace(raw=b"")
        if held or message.raw:
            self._client.send(held + message.raw)

    def _ready(self, status: bytes) -> None:
        if not self._status:
            self._status = status
            self._follower = self._follow(self)
        elif self._open:
            self._status = self._end(status)
        held, self._held = self._held, b""
        self._client.send(held + ready(self._status))
        self._forget()

    def _end(self, status: bytes) -> bytes:
        """A unit has ended: look, commit what is ours to commit, and say how things stand."""
        follower = self._follower
        if follower is None:
            self._tell()
            return status
        follower.ended()
        sql = "; ".join(dict.fromkeys(self._sql))
        if sql:
            follower.rename(sql)
        if self._error:
            if self._wrapped:
                self.ask("ROLLBACK")
                status = b"I"
        elif status == b"T":
            follower.inside()
            if self._wrapped:
                status = self._commit()
        if sql or self._error:
            follower.after(self._error, in_block=status != b"I")
        else:
            follower.drop()
        return status

    def _tell(self) -> None:
        sql = "; ".join(dict.fromkeys(self._sql))
        if sql:
            now = time.monotonic()
            self._told(
                ScriptStatement(
                    sql,
                    0,
                    began=self._since - self._zero,
                    seconds=now - self._since,
                    error=self._error,
                )
            )

    def _commit(self) -> bytes:
        self._server.send(simple_query("COMMIT"))
        while (message := self._server.wait()).type != b"Z":
            if message.type == b"E":
                self._error = error_of(message.body)
                self._held = message.raw
            elif message.type in {b"A", b"S"}:
                self._client.send(message.raw)
        return message.body

    def ask(self, sql: str) -> list[tuple[str | None, ...]]:
        """A query of ours in this session, while nothing of the client's is on its way."""
        self._server.send(simple_query(sql))
        rows = []
        while (message := self._server.wait()).type != b"Z":
            if message.type == b"D":
                rows.append(values_of(message.body))
            elif message.type in {b"A", b"S"}:
                self._client.send(message.raw)
        return rows
