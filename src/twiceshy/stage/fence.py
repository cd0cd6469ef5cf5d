"""The fence: what fenced processes may reach, and what is refused and reported.

Runs inside the keeper, in its one loop. The kernel stops a thread that names an address (connect,
sendto, sendmsg, sendmmsg) and asks; here the address is read from its memory and judged. A fence
against accidents: a service that wants out on purpose can change the memory after it was read.
Standard library only (keeper).
"""

from __future__ import annotations

import errno
import os
import select
import signal
import socket
import struct

from twiceshy.stage import lookup, seccomp
from twiceshy.stage.allowed import PASS, SILENT, Allowed, Judgement, Peer, read_peer
from twiceshy.stage.launch import LINUX, NotLaunchedError, read_outcome
from twiceshy.stage.sink import Sink

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any, NoReturn

    from twiceshy.stage.keeper import Keeping

_LONGEST_ADDRESS = 128
_LONGEST_QUERY = 512
_MOST_MESSAGES = 64
_PROBED_PLACE = ("127.0.0.1", 9)
_PROBE_MS = 2000


class Fence:
    """Guards the processes whose listeners it was given.

    `problem` says in words why it cannot on this system; "" when it can.
    """

    def __init__(self, keeping: Keeping, listeners: str, began: float) -> None:
        self._keeping = keeping
        self._allowed = Allowed(keeping.scratch, listeners, began)
        self._sink = Sink(keeping, self._allowed.permits_name, self._allowed.learn, self._no_lookup)
        self._problem: str | None = None

    @property
    def problem(self) -> str:
        """Tried out once, on a copy of the keeper."""
        if self._problem is None:
            self._problem = _try_out()
        return self._problem

    def allow(self, port: int, hosts: Iterable[str]) -> None:
        """Allow a loopback port (0: none), and hosts."""
        if port:
            self._allowed.ports.add(port)
        for host in hosts:
            self._allowed.add_host(host)

    def guard(self, listener: int, cwd: str) -> None:
        """Answer all that comes through this listener, until the last process behind it is gone."""
        seccomp.wake_at_once(listener)
        self._keeping.watch(listener, lambda events: self._answer_next(listener, cwd, events))

    def _answer_next(self, listener: int, cwd: str, events: int) -> None:
        try:
            question = seccomp.receive(listener) if events & select.POLLIN else None
            if question is not None:
                self._answer_somehow(listener, question, cwd)
        except OSError:
            # The kernel answers in our place from now on: no such call.
            events = select.POLLHUP
        if not events & select.POLLIN:
            self._keeping.forget(listener)
            os.close(listener)

    def _answer_somehow(self, listener: int, question: seccomp.Question, cwd: str) -> None:
        try:
            self._answer(listener, question, cwd)
        except Exception as error:  # noqa: BLE001 - whatever fails, the thread must get an answer
            why = str(error) or type(error).__name__
            self._report(f"an unknown address ({why})", _who(question.tid))
            seccomp.fail(listener, question, errno.ECONNREFUSED)

    def _answer(self, listener: int, question: seccomp.Question, cwd: str) -> None:
        for raw, query in _addresses(question):
            peer = read_peer(raw, question.tid, question.arguments[0] & 0xFFFFFFFF)
            judgement = self._allowed.judge(peer, cwd)
            if not seccomp.still_waits(listener, question):
                return
            if judgement.is_lookup and question.call == "connect":
                self._take_lookup(listener, question, peer)
                return
            if judgement.is_lookup:
                judgement = self._judge_query(query, peer, question.tid)
            if not judgement.passes and not self._sink_knows(peer):
                if judgement.report:
                    self._report(judgement.report, _who(question.tid))
                seccomp.fail(listener, question, errno.ECONNREFUSED)
                return
        seccomp.let_pass(listener, question)

    def _take_lookup(self, listener: int, question: seccomp.Question, peer: Peer) -> None:
        """A socket is connected to a name server."""
        server, who = (peer.place, peer.port), _who(question.tid)
        try:
            self._sink.take_over(listener, question, peer.family, server, who)
        except OSError:
            # Before Linux 5.9 we cannot exchange the socket, and so never see the name.
            self._no_lookup("", who)
            seccomp.fail(listener, question, errno.ECONNREFUSED)

    def _judge_query(self, query: bytes, peer: Peer, tid: int) -> Judgement:
        """A name lookup that is sent without connecting first."""
        name = lookup.name_asked(query)
        if self._allowed.permits_name(name):
            for ipv6 in (False, True):
                self._sink.ask(name, (peer.place, peer.port), ipv6=ipv6)
            return PASS
        self._no_lookup(name, _who(tid))
        return SILENT

    def _sink_knows(self, peer: Peer) -> bool:
        """Whether an allowed host turns out to have this address among others."""
        if peer.family == socket.AF_UNIX or peer.is_here:
            return False
        return self._sink.ask_again(peer.place) and self._allowed.judge(peer, "/").passes

    def _no_lookup(self, name: str, who: dict[str, Any]) -> None:
        if not self._allowed.is_about_this_machine(name):
            self._report(f"{self._allowed.plain(name) or 'an unknown name'} (DNS lookup)", who)

    def _report(self, target: str, who: dict[str, Any]) -> None:
        self._keeping.tell(refused=target, **who)


def _who(tid: int) -> dict[str, Any]:
    """The process that a thread belongs to, by name and number."""
    try:
        with open(f"/proc/{tid}/status", encoding="utf-8", errors="replace") as file:  # noqa: PTH123 - fast start
            pid = next(int(line[5:]) for line in file if line.startswith("Tgid:"))
        with open(f"/proc/{pid}/comm", encoding="utf-8", errors="replace") as file:  # noqa: PTH123 - fast start
            return {"process": file.read().strip(), "pid": pid}
    except (OSError, ValueError, StopIteration):
        return {"process": "", "pid": tid}


def _addresses(question: seccomp.Question) -> Iterator[tuple[bytes, bytes]]:
    """Every address that a call names, with the first bytes that it sends there."""
    call, arguments = question.call, question.arguments
    with open(f"/proc/{question.tid}/mem", "rb", buffering=0) as file:  # noqa: PTH123 - fast start
        memory = file.fileno()
        if call == "connect":
            yield _read(memory, arguments[1], arguments[2], _LONGEST_ADDRESS), b""
        elif call == "sendto":
            address = _read(memory, arguments[4], arguments[5], _LONGEST_ADDRESS)
            yield address, _read(memory, arguments[1], arguments[2], _LONGEST_QUERY)
        else:
            count = min(arguments[2] & 0xFFFFFFFF, _MOST_MESSAGES) if call == "sendmmsg" else 1
            for index in range(count):
                head = _read(memory, arguments[1] + 64 * index, 56, 56)
                name, name_length, pieces, pieces_count = struct.unpack_from("QI4xQQ", head)
                if name and name_length:
                    piece = _read(memory, pieces, 16, 16) if pieces_count else bytes(16)
                    start, length = struct.unpack("QQ", piece)
                    sent = _read(memory, start, length, _LONGEST_QUERY)
                    yield _read(memory, name, name_length, _LONGEST_ADDRESS), sent


def _read(memory: int, place: int, length: int, most: int) -> bytes:
    length = min(length & 0xFFFFFFFF, most)
    return os.pread(memory, length, place) if place and length else b""


def _try_out() -> str:
    """Put a filter over a copy of this process and read one call of it; "" when that works."""
    if not LINUX or not seccomp.known_machine():
        return "this system has no seccomp, which the fence is built on"
    ours, theirs = socket.socketpair()
    with ours, theirs:
        pid = os.fork()
        if pid == 0:
            _act_as_probe(theirs)
        theirs.close()
        try:
            problem = _answer_probe(read_outcome(ours))
        except NotLaunchedError as failure:
            problem = f"the kernel, or a container around us, does not let us: {failure.says}"
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    return problem


def _act_as_probe(theirs: socket.socket) -> NoReturn:
    try:
        seccomp.hand_over(seccomp.install(), theirs)
        theirs.close()
        with socket.socket() as sock:
            os._exit(sock.connect_ex(_PROBED_PLACE))
    except OSError as error:
        os.write(theirs.fileno(), f"fence\n{error.strerror}".encode())
    finally:
        os._exit(0)


def _answer_probe(listener: int) -> str:
    poller = select.poll()
    poller.register(listener, select.POLLIN)
    try:
        question = seccomp.receive(listener) if poller.poll(_PROBE_MS) else None
        if question is None:
            return "the kernel does not pass on what a process does"
        read = [raw for raw, _ in _addresses(question)]
        # Also finds out whether the kernel can let a call pass (since Linux 5.5).
        seccomp.let_pass(listener, question)
    except OSError as error:
        return f"the calls of our own processes cannot be examined: {error.strerror}"
    finally:
        os.close(listener)
    right = [str(read_peer(raw, 0, 0)) for raw in read] == ["127.0.0.1:9"]
    return "" if right else "the kernel passes on something else than what a process does"
