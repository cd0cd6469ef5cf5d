"""The tool's side of the talk with its keeper: JSON lines over a socket, safe for many threads.

Events (a child ended, the fence refused something) are in the socket before the process concerned
goes on. So reading what is there at once, as every question about events does, misses none of them.
"""

from __future__ import annotations

import itertools
import json
import select
import signal
import socket
import threading
from typing import TYPE_CHECKING, Any

from twiceshy.errors import StageLost
from twiceshy.model.history import Refusal

if TYPE_CHECKING:
    from pathlib import Path

_CHUNK = 1 << 16


class Conversation:
    """Questions to the keeper, its answers, and the events that it told unasked."""

    def __init__(self, sock: socket.socket, log: Path) -> None:
        self.lost = False
        self._log = log
        self._sock = sock
        self._rest = b""
        self._numbers = itertools.count(1)
        self._answers: dict[int, dict[str, Any]] = {}
        self._exits: dict[int, int] = {}
        self._refused: dict[Refusal, None] = {}
        self._changed = threading.Condition()
        self._reader = threading.Thread(target=self._listen, name="keeper", daemon=True)
        self._reader.start()

    def ask(self, do: str, *, within: float = 30.0, **about: Any) -> dict[str, Any]:
        """The keeper's answer to one question; StageLost when it died or stays silent."""
        number = next(self._numbers)
        line = json.dumps({"do": do, "question": number, **about}).encode() + b"\n"
        with self._changed:
            if not self.lost:
                try:
                    self._sock.sendall(line)
                except OSError:
                    self._lose()
            found = self._changed.wait_for(
                lambda: number in self._answers or self.lost, timeout=within
            )
            if number in self._answers:
                return self._answers.pop(number)
        raise StageLost(
            "The keeper, the small process that holds the scratch world together, "
            + ("is gone" if found else f"did not answer for {within:g} s"),
            seen=self._last_words(),
            todo="run the command again; it clears away what is left first",
        )

    def _last_words(self) -> str:
        try:
            return self._log.read_text(errors="replace")[-2000:].strip()
        except OSError:
            return ""

    def exit_code(self, child: int) -> int | None:
        """How a child ended; None while it lives."""
        with self._changed:
            self._read_what_is_there()
            return self._exit_code(child)

    def wait_exit(self, child: int, timeout: float | None) -> int | None:
        """As `exit_code`, after at most `timeout` seconds of waiting for it."""
        with self._changed:
            self._changed.wait_for(lambda: self._exit_code(child) is not None, timeout)
            return self._exit_code(child)

    def refusals(self) -> list[Refusal]:
        """What the fence refused since the last call, each target and process once."""
        with self._changed:
            self._read_what_is_there()
            refused = list(self._refused)
            self._refused.clear()
            return refused

    def close(self) -> None:
        """Hang up. The keeper takes that as the end of the stage."""
        try:
            self._sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            self.lost = True
        self._reader.join(timeout=5)
        self._sock.close()

    def _exit_code(self, child: int) -> int | None:
        # The kernel kills the keeper's children together with the keeper.
        return self._exits.get(child, -signal.SIGKILL if self.lost else None)

    def _listen(self) -> None:
        poller = select.poll()
        poller.register(self._sock, select.POLLIN)
        while not self.lost:
            poller.poll()
            with self._changed:
                self._read_what_is_there()

    def _read_what_is_there(self) -> None:
        while not self.lost:
            try:
                chunk = self._sock.recv(_CHUNK, socket.MSG_DONTWAIT)
            except BlockingIOError:
                return
            except OSError:
                chunk = b""
            if not chunk:
                self._lose()
                return
            *lines, self._rest = (self._rest + chunk).split(b"\n")
            for line in lines:
                self._take(json.loads(line))

    def _take(self, message: dict[str, Any]) -> None:
        if "question" in message:
            self._answers[message["question"]] = message
        elif "exited" in message:
            self._exits[message["exited"]] = message["code"]
        elif "refused" in message:
            self._refused[Refusal(message["refused"], message["process"])] = None
        self._changed.notify_all()

    def _lose(self) -> None:
        self.lost = True
        self._changed.notify_all()
