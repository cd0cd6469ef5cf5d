"""Load over real sockets, against services that behave well and badly."""

from __future__ import annotations

import asyncio
import gc
import re
import signal
import socket
import struct
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import pytest

from twiceshy.errors import CannotTell
from twiceshy.model.ledger import Attempt, Closed, Detail, Intent, Outcome, Retried, Unsent
from twiceshy.model.load import Burst, Constant, InTurn, LoadPlan, Retry
from twiceshy.model.scenario import RequestTemplate
from twiceshy.traffic.load import run as run_module
from twiceshy.traffic.load.connection import Connection
from twiceshy.traffic.load.ledger import Ledger
from twiceshy.traffic.load.measure import measure
from twiceshy.traffic.load.run import run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PAYMENT = RequestTemplate(
    "POST", "/payments", json={"key": "{key}", "amount": "{amount}"}, has_json=True
)
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
LENGTH = re.compile(rb"Content-Length: (\d+)")


class Client:
    """The service's end of one connection."""

    def __init__(self, connection: socket.socket) -> None:
        """Its buffered bytes."""
        self.socket = connection
        self._file = connection.makefile("rb")

    def read(self) -> bytes:
        """A whole request, empty at the end of the connection."""
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            line = self._file.readline()
            if not line:
                return b""
            head += line
        length = LENGTH.search(head)
        return head + self._file.read(int(length[1]) if length else 0)

    def say(self, answer: bytes) -> None:
        """Send an answer."""
        self.socket.sendall(answer)

    def reset(self) -> None:
        """Cut the connection off, so that the client sees a reset."""
        linger = struct.pack("ii", 1, 0)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.close()

    def close(self) -> None:
        """Close it."""
        self._file.close()
        self.socket.close()


class Service:
    """A listening socket whose connections are each handled by `behave` in a thread."""

    def __init__(self, behave: Callable[[Client], None]) -> None:
        """Listen at a free port of the loopback."""
        self._behave = behave
        self._sockets = [socket.create_server(("127.0.0.1", 0), backlog=256)]
        self._threads = [threading.Thread(target=self._accept)]
        self.port: int = self._sockets[0].getsockname()[1]
        self._threads[0].start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._sockets[0].accept()
            except OSError:
                return
            self._sockets.append(connection)
            self._threads.append(threading.Thread(target=self._handle, args=(connection,)))
            self._threads[-1].start()

    def _handle(self, connection: socket.socket) -> None:
        client = Client(connection)
        with suppress(OSError):
            self._behave(client)
        client.close()

    def close(self) -> None:
        """End every connection and wait for the threads."""
        for one in [*self._sockets]:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        self._sockets[0].close()
        for thread in self._threads:
            thread.join(timeout=10)


@contextmanager
def service(behave: Callable[[Client], None]) -> Iterator[int]:
    """The port of such a service, for as long as the block lasts."""
    serving = Service(behave)
    try:
        yield serving.port
    finally:
        serving.close()


def answering(*parts: bytes, then: Callable[[Client], None] | None = None):
    """A service that answers each request so, and then does that with the connection."""

    def behave(client):
        while client.read():
            for part in parts:
                client.say(part)
            if then is not None:
                then(client)
                return

    return behave


def silent(client):
    """Read, and never answer."""
    while client.read():
        pass


def plan(port: int, **more) -> LoadPlan:
    """One payment, if nothing else is said."""
    given = {"request": PAYMENT, "arrivals": Burst(1), "timeout": 5.0, "amounts": (5, 5), **more}
    return LoadPlan("127.0.0.1", port, **given)


def attempts(path) -> list[Attempt]:
    """Every attempt in a ledger."""
    return [entry for entry in Ledger(path) if isinstance(entry, Attempt)]


def hang_up(client):
    """End the connection properly."""
    client.socket.shutdown(socket.SHUT_RDWR)


def reset(client):
    """End the connection by a reset."""
    client.reset()


UNFINISHED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"
CASES = {
    "whole": (answering(OK), Outcome.ACKED, Detail.ANSWERED, 200),
    "in pieces": (answering(OK[:9], OK[9:30], OK[30:]), Outcome.ACKED, Detail.ANSWERED, 200),
    "no content": (
        answering(b"HTTP/1.1 204 No Content\r\n\r\n"), Outcome.ACKED, Detail.ANSWERED, 204,
    ),
    "chunked": (answering(UNFINISHED, b"0\r\n\r\n"), Outcome.ACKED, Detail.ANSWERED, 200),
    "interim": (
        answering(b"HTTP/1.1 100 Continue\r\n\r\n", OK), Outcome.ACKED, Detail.ANSWERED, 200,
    ),
    "said to close": (
        answering(OK.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"), then=hang_up),
        Outcome.ACKED, Detail.ANSWERED, 200,
    ),
    "closed after it": (answering(OK, then=hang_up), Outcome.ACKED, Detail.ANSWERED, 200),
    "old protocol": (
        answering(b"HTTP/1.0 201 Created\r\n\r\ndone", then=hang_up),
        Outcome.ACKED, Detail.ANSWERED_TO_CLOSE, 201,
    ),
    "old protocol, reset": (
        answering(b"HTTP/1.0 200 OK\r\n\r\ndo", then=reset),
        Outcome.UNKNOWN, Detail.CUT_BY_RESET, 0,
    ),
    "refused by status": (
        answering(b"HTTP/1.1 422 No\r\nContent-Length: 0\r\n\r\n"),
        Outcome.REJECTED, Detail.ANSWERED, 422,
    ),
    "refusal cut off": (
        answering(b"HTTP/1.1 422 No\r\nContent-Length: 9\r\n\r\nno", then=hang_up),
        Outcome.UNKNOWN, Detail.CUT, 0,
    ),
    "failed": (
        answering(b"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n"),
        Outcome.UNKNOWN, Detail.ANSWERED, 500,
    ),
    "redirect after storing": (
        answering(b"HTTP/1.1 303 See Other\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n"),
        Outcome.UNKNOWN, Detail.ANSWERED, 303,
    ),
    "redirect to repeat": (
        answering(b"HTTP/1.1 308 There\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n"),
        Outcome.REJECTED, Detail.ANSWERED, 308,
    ),
    "closed unanswered": (answering(then=hang_up), Outcome.UNKNOWN, Detail.CLOSED, 0),
    "reset unanswered": (answering(then=reset), Outcome.UNKNOWN, Detail.RESET, 0),
    "only interim": (
        answering(b"HTTP/1.1 100 Continue\r\n\r\n", then=hang_up), Outcome.UNKNOWN, Detail.CUT, 0,
    ),
    "unfinished chunks": (answering(UNFINISHED, then=hang_up), Outcome.UNKNOWN, Detail.CUT, 0),
    "body too short": (answering(OK[:-1], then=hang_up), Outcome.UNKNOWN, Detail.CUT, 0),
    "half a head": (answering(OK[:20], then=hang_up), Outcome.UNKNOWN, Detail.CUT, 0),
    "no HTTP": (answering(b"220 mail ready\r\n\r\n"), Outcome.UNKNOWN, Detail.GARBAGE, 0),
    "other protocol": (
        answering(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"),
        Outcome.UNKNOWN, Detail.SWITCHED, 0,
    ),
    "two answers": (answering(OK + OK), Outcome.ACKED, Detail.ANSWERED, 200),
    "answer and rubbish": (answering(OK + b"rubbish"), Outcome.ACKED, Detail.ANSWERED, 200),
}  # fmt: skip


@pytest.mark.parametrize(("behave", "outcome", "detail", "status"), CASES.values(), ids=CASES)
def test_an_attempt_has_its_outcome(behave, outcome, detail, status, tmp_path):
    """Only a whole answer acknowledges or rejects; after the first byte, all else is unknown."""
    with service(behave) as port:
        done = run(plan(port), tmp_path / "0.ledger")
    (attempt,) = attempts(tmp_path / "0.ledger")
    assert (attempt.outcome, attempt.detail, attempt.status) == (outcome, detail, status)
    assert 0 < attempt.began <= attempt.ended
    assert (done.sent, done.in_flight, done.retries) == (1, 0, 0)


@pytest.mark.parametrize(
    ("behave", "detail"),
    [(silent, Detail.SILENT), (answering(OK[:30]), Detail.SLOW)],
    ids=["silent", "slow"],
)
def test_an_attempt_ends_in_time(behave, detail, tmp_path):
    """What is not whole in time is unknown."""
    with service(behave) as port:
        run(plan(port, timeout=0.2), tmp_path / "0.ledger")
    (attempt,) = attempts(tmp_path / "0.ledger")
    assert (attempt.outcome, attempt.detail) == (Outcome.UNKNOWN, detail)


def test_a_run_does_not_wait_for_ever(tmp_path):
    """After its grace, what is under way is given up and unknown."""
    with service(silent) as port:
        run(plan(port, grace=0.1), tmp_path / "0.ledger")
    (attempt,) = attempts(tmp_path / "0.ledger")
    assert (attempt.outcome, attempt.detail) == (Outcome.UNKNOWN, Detail.GIVEN_UP)


@pytest.fixture
def refusing() -> Iterator[int]:
    """A port that is taken and that nobody listens on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


def test_without_a_connection_nothing_was_sent(refusing, tmp_path):
    """The intent is in the ledger, and the attempt says that not a byte was written."""
    run(plan(refusing, arrivals=Burst(3)), tmp_path / "0.ledger")
    entries = list(Ledger(tmp_path / "0.ledger"))
    assert [type(entry) for entry in entries] == 3 * [Intent] + 3 * [Attempt] + [Closed]
    assert {entry.detail for entry in entries[3:6]} == {Detail.REFUSED}
    assert {entry.outcome for entry in entries[3:6]} == {Outcome.NOT_SENT}


def test_a_connection_that_does_not_come_in_time_sent_nothing(tmp_path):
    """A listener whose queue is full lets nobody in."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(listener.getsockname())
        run(plan(listener.getsockname()[1], timeout=0.2), tmp_path / "0.ledger")
        for one in waiting:
            one.close()
    (attempt,) = attempts(tmp_path / "0.ledger")
    assert (attempt.outcome, attempt.detail) == (
        Outcome.NOT_SENT,
        Detail.NO_CONNECTION_IN_TIME,
    )


def test_no_request_is_sent_twice_unless_the_plan_says_so(tmp_path):
    """A connection that dies under a request loses it, whatever libraries like to do then."""
    received = []

    def behave(client):
        while request := client.read():
            received.append(request)
            if len(received) % 2:
                client.say(OK)
            else:
                return

    with service(behave) as port:
        arrivals = Constant(100, 0.1)
        done = run(plan(port, arrivals=arrivals, connections=1, at_cap="wait"), tmp_path / "0.l")
    assert len(received) == done.sent == 10
    assert (done.acked, done.unknown, done.retries) == (5, 5, 0)


def test_retries_carry_the_same_key_and_are_all_written_down(tmp_path):
    """Each further attempt stands in the ledger before it is sent, and ends there too."""
    received = []

    def behave(client):
        while request := client.read():
            received.append(request.partition(b"\r\n\r\n")[2])
            if len(received) < 3:
                return
            client.say(OK)

    retry = Retry(attempts=5, base=0.01)
    with service(behave) as port:
        done = run(plan(port, retry=retry), tmp_path / "0.ledger")
    assert len(received) == 3
    assert len(set(received)) == 1
    entries = list(Ledger(tmp_path / "0.ledger"))
    kinds = [Intent, Attempt, Retried, Attempt, Retried, Attempt, Closed]
    assert [type(entry) for entry in entries] == kinds
    assert [one.outcome for one in attempts(tmp_path / "0.ledger")] == [
        Outcome.UNKNOWN,
        Outcome.UNKNOWN,
        Outcome.ACKED,
    ]
    assert (done.sent, done.retries, done.acked) == (1, 2, 1)


def test_retries_end_after_so_many_attempts(refusing, tmp_path):
    """With a pause that grows, and no further."""
    retry = Retry(attempts=3, base=0.01)
    done = run(plan(refusing, arrivals=Burst(4), retry=retry), tmp_path / "0.ledger")
    assert (done.sent, done.retries, done.not_sent) == (4, 8, 12)


def test_arrivals_go_on_while_retries_wait_for_a_connection(tmp_path):
    """Retries go first; an arrival that finds no connection is left out, and not delayed."""
    retry = Retry(attempts=9, base=0.001)
    with service(silent) as port:
        shape = Constant(50, 0.2)
        given = {"arrivals": shape, "connections": 1, "timeout": 0.05, "grace": 0.1}
        done = run(plan(port, retry=retry, **given), tmp_path / "0.ledger")
    assert done.sent + done.unsent == done.planned == 10
    assert done.unsent > 0
    assert done.retries > 0


def test_a_rejection_is_not_retried_unless_its_status_says_later(tmp_path):
    """422 is final, and 429 asks to come again."""
    statuses = iter([429, 422])

    def behave(client):
        while client.read():
            client.say(b"HTTP/1.1 %d x\r\nContent-Length: 0\r\n\r\n" % next(statuses))

    retry = Retry(attempts=5, base=0.01)
    with service(behave) as port:
        run(plan(port, retry=retry), tmp_path / "0.ledger")
    assert [one.status for one in attempts(tmp_path / "0.ledger")] == [429, 422]


def accepts(status, body):
    """What the test's service means by success."""
    return body == b"ok"


def broken(status, body):
    """A function that cannot judge."""
    raise KeyError(body)


@pytest.mark.parametrize(
    ("accepted", "body", "outcome", "detail"),
    [
        (accepts, b"ok", Outcome.ACKED, Detail.ANSWERED),
        (accepts, b"no", Outcome.REJECTED, Detail.NOT_ACCEPTED),
        (broken, b"ok", Outcome.UNKNOWN, Detail.UNREADABLE),
    ],
)
def test_a_body_may_tell_an_error(accepted, body, outcome, detail, tmp_path):
    """200 is no acknowledgement when the service's contract says how its body tells one."""
    with service(answering(OK[:-2] + body)) as port:
        run(plan(port, accepted=accepted), tmp_path / "0.ledger")
    (attempt,) = attempts(tmp_path / "0.ledger")
    assert (attempt.outcome, attempt.detail, attempt.status) == (outcome, detail, 200)


def test_a_body_without_a_length_is_judged_too(tmp_path):
    """It is whole when the connection ends."""
    behave = answering(b"HTTP/1.0 200 OK\r\n\r\n", b"ok", then=hang_up)
    with service(behave) as port:
        run(plan(port, accepted=accepts), tmp_path / "0.ledger")
    assert attempts(tmp_path / "0.ledger")[0].outcome is Outcome.ACKED


def test_arrivals_wait_for_nobody(tmp_path):
    """At the cap of connections, an arrival is not sent, and counted, so that memory is bounded."""
    with service(silent) as port:
        arrivals = Constant(100, 0.2)
        done = run(plan(port, arrivals=arrivals, connections=4, grace=0.1), tmp_path / "0.ledger")
    entries = list(Ledger(tmp_path / "0.ledger"))
    left_out = [entry for entry in entries if isinstance(entry, Unsent)]
    assert (done.planned, done.sent, done.unsent) == (20, 4, 16)
    assert [entry.number for entry in left_out] == list(range(4, 20))
    assert measure(entries).reached <= 4 / 20


def test_a_burst_beyond_the_cap_is_counted_to_the_last(tmp_path):
    """However many come at once, each is either sent or counted."""
    with service(answering(OK)) as port:
        done = run(plan(port, arrivals=Burst(1000), connections=4), tmp_path / "0.ledger")
    left_out = [entry for entry in Ledger(tmp_path / "0.ledger") if isinstance(entry, Unsent)]
    assert done.sent + done.unsent == done.planned == 1000
    assert len(left_out) == done.unsent
    assert done.acked == done.sent >= 4


def test_arrivals_may_wait_to_measure_what_a_service_can_do(tmp_path):
    """Then one connection is enough for all, and latency still counts from the intended time."""

    def behave(client):
        while client.read():
            time.sleep(0.005)
            client.say(OK)

    with service(behave) as port:
        done = run(
            plan(port, arrivals=Burst(20), connections=1, at_cap="wait"), tmp_path / "0.ledger"
        )
    assert (done.sent, done.acked, done.unsent) == (20, 20, 0)
    assert measure(Ledger(tmp_path / "0.ledger")).latency.longest >= 100


def test_connections_are_used_again(tmp_path):
    """One after the other needs one connection, and a service that closes them gets new ones."""
    connections = []

    def behave(client):
        connections.append(client)
        for _ in range(5):
            if client.read():
                client.say(OK)

    with service(behave) as port:
        shape = Constant(200, 0.1)
        done = run(plan(port, arrivals=shape, connections=1, at_cap="wait"), tmp_path / "0.ledger")
    assert len(connections) in range(4, 8)
    assert done.sent == 20
    assert done.acked >= 16  # a request may meet a connection that is just closing


@pytest.mark.parametrize("then", [hang_up, reset])
def test_connections_that_ended_leave_nothing_behind(then, tmp_path):
    """A process that sends looks for no garbage, so that a million short connections make none."""
    gc.collect()
    gc.disable()
    try:
        with service(answering(OK, then=then)) as port:
            shape = Constant(200, 0.1)
            run(plan(port, arrivals=shape, connections=2, at_cap="wait"), tmp_path / "0.ledger")
        left = [one for one in gc.get_objects() if isinstance(one, Connection)]
        assert len(left) <= 4  # of twenty: those of the end of the run
    finally:
        gc.enable()


def test_a_run_can_be_stopped(tmp_path):
    """Nothing arrives any more, what is under way ends, and the rest is counted."""
    seen = threading.Event()
    handles = []

    def behave(client):
        while client.read():
            seen.set()
            client.say(OK)

    def stop():
        seen.wait(10)
        runner, loop = handles[0]
        loop.call_soon_threadsafe(runner.stop)

    stopper = threading.Thread(target=stop)
    with service(behave) as port:
        stopper.start()
        done = run(
            plan(port, arrivals=InTurn((Constant(50, 0.1), Constant(50, 600)))),
            tmp_path / "0.ledger",
            started=lambda *handle: handles.append(handle),
        )
        stopper.join()
    assert done.sent + done.cancelled == done.planned == 30_005
    assert done.acked == done.sent
    assert list(Ledger(tmp_path / "0.ledger"))[-1] == Closed(done.planned, done.cancelled)


def test_a_run_may_be_sent_where_a_loop_runs_already(tmp_path):
    """A thread runs one loop at most, and that may be the caller's."""

    async def caller():
        return run(plan(port), tmp_path / "0.ledger")

    with service(answering(OK)) as port, ThreadPoolExecutor(1) as beside:
        done = beside.submit(lambda: asyncio.run(caller())).result()
    assert (done.planned, done.acked) == (1, 1)


def test_an_interrupt_breaks_a_run_off(tmp_path):
    """At once, though it would go on for minutes; its ledger says that it was not closed."""
    received = threading.Event()

    def behave(client):
        while client.read():
            received.set()
            client.say(OK)

    def interrupt():
        received.wait(10)
        signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)

    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    stopper = threading.Thread(target=interrupt)
    try:
        with service(behave) as port:
            stopper.start()
            with pytest.raises(KeyboardInterrupt):
                run(plan(port, arrivals=Constant(50, 600)), tmp_path / "0.ledger")
        stopper.join()
    finally:
        signal.signal(signal.SIGINT, before)
    assert not Ledger(tmp_path / "0.ledger").ends[0].closed


def test_a_ledger_that_fails_ends_the_run(tmp_path, monkeypatch):
    """Nothing is sent without its intent."""

    class Full(run_module.LedgerWriter):
        def intend(self, parts):
            raise CannotTell("The disk is full.")

    monkeypatch.setattr(run_module, "LedgerWriter", Full)
    received = []
    with (
        service(lambda client: received.append(client.read())) as port,
        pytest.raises(CannotTell, match="The disk is full"),
    ):
        run(plan(port), tmp_path / "0.ledger")
    assert received in ([], [b""])
    assert not list(Ledger(tmp_path / "0.ledger"))


def test_the_loop_of_python_itself_will_do(tmp_path, monkeypatch):
    """Where uvloop cannot be had, the outcomes are the same."""
    monkeypatch.setattr(run_module, "_loop_factory", lambda: asyncio.new_event_loop)
    for name in ("whole", "reset unanswered", "old protocol", "unfinished chunks"):
        behave, outcome, detail, _ = CASES[name]
        with service(behave) as port:
            run(plan(port), tmp_path / f"{name}.ledger")
        (attempt,) = attempts(tmp_path / f"{name}.ledger")
        assert (attempt.outcome, attempt.detail) == (outcome, detail)


def test_a_host_without_an_address_is_told(tmp_path):
    """Before anything is written."""
    with pytest.raises(CannotTell, match="has no address"):
        run(LoadPlan("no.such.host.invalid", 1, PAYMENT, Burst(1)), tmp_path / "0.ledger")


def test_an_empty_schedule_is_over_at_once(tmp_path):
    """No arrivals, no requests, a closed ledger."""
    with service(silent) as port:
        done = run(plan(port, arrivals=Burst(0)), tmp_path / "0.ledger")
    assert (done.planned, done.sent) == (0, 0)
    assert Ledger(tmp_path / "0.ledger").ends[0].closed
