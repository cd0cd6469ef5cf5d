from __future__ import annotations

import os
import resource
import socket
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from integration.stage.living import eventually
from twiceshy.stage.faults.door import Door
from twiceshy.stage.faults.exchanges import Exchanges

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Peer:
    """A server that answers each line, or whatever `answers` makes of it."""

    def __init__(self, answers=None):
        self.heard = b""
        self.ended = 0
        self._answers = answers or (lambda data: data.upper())
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._socks = []
        self._threads = [threading.Thread(target=self._listen)]
        self._threads[0].start()

    def _listen(self):
        with suppress(OSError):
            while True:
                sock, _ = self._listener.accept()
                self._socks.append(sock)
                self._threads.append(threading.Thread(target=self._serve, args=(sock,)))
                self._threads[-1].start()

    def _serve(self, sock):
        with suppress(OSError):
            while data := sock.recv(1 << 16):
                self.heard += data
                sock.sendall(self._answers(data))
            self.ended += 1
        sock.close()

    def close(self):
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for sock in self._socks:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()


@contextmanager
def opened(answers=None, exchanges=None):
    """A peer, a door before it, and a way to connect to the door."""
    peer = Peer(answers)
    door = Door(lambda: peer.port, exchanges)
    door.open()
    clients = []

    def client():
        clients.append(socket.create_connection(("127.0.0.1", door.port), timeout=10))
        return clients[-1]

    try:
        yield peer, door, client
    finally:
        for sock in clients:
            sock.close()
        door.close()
        peer.close()


@pytest.fixture
def echo():
    """A peer that answers in capitals."""
    with opened() as found:
        yield found


def everything(sock):
    """What comes until the other side ends."""
    found = b""
    while data := sock.recv(1 << 16):
        found += data
    return found


def test_bytes_and_ends_pass_in_both_directions(echo):
    """Several megabytes arrive whole, while the client is still sending."""
    _, door, client = echo
    sock = client()
    sent = b"abcdefgh" * 500_000
    sender = threading.Thread(target=lambda: (sock.sendall(sent), sock.shutdown(socket.SHUT_WR)))
    sender.start()
    assert everything(sock) == sent.upper()
    sender.join()
    eventually(lambda: not door.do(lambda: len(door._links)))


def test_nobody_behind_the_door_is_a_reset(echo):
    """A client that was let in is not left waiting."""
    peer, _, client = echo
    peer.close()
    with pytest.raises(ConnectionResetError):
        client().recv(1)


def test_what_is_held_arrives_later_with_the_end_of_it(echo):
    """As in a network that comes back: nobody hears that the other hung up before."""
    peer, door, client = echo
    sock = client()
    sock.sendall(b"one")
    assert sock.recv(9) == b"ONE"
    door.hold()
    sock.sendall(b"two")
    sock.close()
    eventually(lambda: door.held() == (1, 3))
    assert (peer.heard, peer.ended) == (b"one", 0)
    door.release()
    eventually(lambda: peer.heard == b"onetwo" and peer.ended == 1)


def test_a_reset_in_a_black_hole_is_heard_when_it_is_over(echo):
    """And not before."""
    peer, door, client = echo
    sock, other = client(), client()
    sock.sendall(b"one")
    assert sock.recv(9) == b"ONE"
    door.hold()
    peer.close()
    other.settimeout(0.05)
    sock.settimeout(0.05)
    with pytest.raises(TimeoutError):
        sock.recv(1)
    door.release()
    sock.settimeout(10)
    assert sock.recv(1) == b""


def test_a_slow_network_keeps_the_order(echo):
    """Both directions take their time, and what comes after the end of it does not overtake."""
    _, door, client = echo
    sock = client()
    sock.sendall(b"1")
    assert sock.recv(9) == b"1"
    door.delay = 0.1
    began = time.monotonic()
    sock.sendall(b"a")
    eventually(lambda: door.held() == (1, 1))
    door.delay = 0.0
    sock.sendall(b"b")
    sock.shutdown(socket.SHUT_WR)
    assert everything(sock) == b"AB"
    assert time.monotonic() - began >= 0.1


def test_a_cut_is_a_reset_at_both_ends(echo):
    """And those who come while it lasts are reset when they say something."""
    _, door, client = echo
    sock = client()
    sock.sendall(b"x")
    assert sock.recv(9) == b"X"
    assert door.cut() == 1
    with pytest.raises(ConnectionResetError):
        sock.recv(1)
    door.cutting = True
    late = client()
    late.sendall(b"y")
    with pytest.raises(ConnectionResetError):
        late.recv(1)
    door.cutting = False
    assert door.passed.cut == 2


def test_a_door_that_is_shut_refuses_and_keeps_who_is_inside(echo):
    """Until it is opened again, at the same port."""
    _, door, client = echo
    inside = client()
    inside.sendall(b"x")
    assert inside.recv(9) == b"X"
    door.shut()
    with pytest.raises(ConnectionRefusedError):
        client()
    inside.sendall(b"y")
    assert inside.recv(9) == b"Y"
    door.open()
    again = client()
    again.sendall(b"z")
    assert again.recv(9) == b"Z"


def test_a_door_without_room_for_another_connection_goes_on(echo):
    """When files are short, who comes has bad luck; who is inside and who comes later has not."""
    _, door, client = echo
    inside = client()
    inside.sendall(b"x")
    assert inside.recv(9) == b"X"
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    late = socket.socket()
    late.settimeout(10)

    def come():
        late.connect(("127.0.0.1", door.port))
        # The next number is the highest that is allowed: enough for the client, not for ours.
        with Path(os.devnull).open() as file:
            resource.setrlimit(resource.RLIMIT_NOFILE, (file.fileno() + 1, hard))

    try:
        door.do(come)
        assert late.recv(1) == b""
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        late.close()
    inside.sendall(b"z")
    assert inside.recv(9) == b"Z"
    again = client()
    again.sendall(b"a")
    assert again.recv(9) == b"A"


@pytest.fixture
def web():
    """A peer that answers requests, and what follows them."""
    exchanges = Exchanges()
    with opened(lambda _: ANSWER, exchanges) as (_, door, client):
        yield exchanges, door, client


def test_a_point_is_reached_exactly(web):
    """Whatever else is asked meanwhile waits until that is done, which is done there."""
    exchanges, door, client = web
    counts = []

    def reached():
        time.sleep(0.05)  # others ask meanwhile
        counts.append((exchanges.answers, exchanges.outstanding))

    door.do(lambda: exchanges.when("answer:7", reached))
    socks = [client() for _ in range(4)]

    def work(sock):
        for _ in range(5):
            sock.sendall(b"POST / HTTP/1.1\r\n\r\n")
            assert sock.recv(99) == ANSWER

    threads = [threading.Thread(target=work, args=(sock,)) for sock in socks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answers for answers, _ in counts] == [7]
    assert (exchanges.answers, exchanges.outstanding) == (20, 0)


def test_an_answer_at_a_point_is_lost_before_anything_is_done(web):
    """The service has given it, its client is reset, and all others get theirs."""
    exchanges, door, client = web
    reached = threading.Event()
    door.do(lambda: exchanges.when("unanswered:2", reached.set))
    got = []
    for _ in range(4):
        sock = client()
        sock.sendall(b"POST / HTTP/1.1\r\n\r\n")
        try:
            got.append(sock.recv(99) == ANSWER)
        except ConnectionResetError:
            got.append(reached.wait(10) and None)
    assert got == [True, None, True, True]
    assert exchanges.dropped == []


def test_requests_that_wait_are_counted():
    """Also those whose client hangs up, until it does."""
    exchanges = Exchanges()
    reached = threading.Event()
    with opened(lambda _: b"", exchanges) as (_, door, client):
        door.do(lambda: exchanges.when("outstanding:3", reached.set))
        socks = [client() for _ in range(3)]
        for sock in socks[:2]:
            sock.sendall(b"POST / HTTP/1.1\r\n\r\n")
        eventually(lambda: exchanges.outstanding == 2)
        assert not reached.is_set()
        socks[2].sendall(b"POST / HTTP/1.1\r\n\r\n")
        assert reached.wait(10)
        socks[0].close()
        eventually(lambda: exchanges.outstanding == 2)


def test_dropped_answers_are_exact(web):
    """Every third is lost whole, the others are untouched."""
    exchanges, door, client = web
    door.do(lambda: exchanges.drop(3))
    got = []
    for _ in range(9):
        sock = client()
        sock.sendall(b"POST / HTTP/1.1\r\n\r\n")
        try:
            got.append(sock.recv(99) == ANSWER)
        except ConnectionResetError:
            got.append(None)
    assert got == [True, True, None] * 3
    assert exchanges.dropped == [3, 6, 9]


@pytest.mark.parametrize(
    "pieces",
    [
        [b"HTTP/1.1 200 OK\r\nContent-Le", b"ngth: 2\r\n\r\no", b"k"],
        [b"HTTP/1.1 100 Continue\r\n\r\n", ANSWER],
        [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok", b"\r\n0\r\n\r\n"],
        [b"HTTP/1.1 204 No Content\r\n\r\n"],
        [b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nok", b""],
        [b"no HTTP at all"],
    ],
)
def test_an_answer_is_dropped_once_the_service_gave_it_whole(pieces):
    """Not a byte of it comes to the client before, nor after."""
    exchanges = Exchanges()
    exchanges.drop(1)
    exchanges.asked("me")
    got = [exchanges.answered("me", p) if p else exchanges.ended("me") for p in pieces]
    assert got == [b""] * (len(pieces) - 1) + [None]
    assert (exchanges.dropped, exchanges.outstanding) == ([1], 0)
    exchanges.gone("me")


def test_what_was_held_back_passes_when_no_answer_is_dropped_any_more():
    """Nothing of it is lost."""
    exchanges = Exchanges()
    exchanges.drop(1)
    exchanges.asked("me")
    assert exchanges.answered("me", ANSWER[:20]) == b""
    exchanges.keep()
    assert exchanges.answered("me", ANSWER[20:]) == ANSWER
    exchanges.gone("me")


def test_answers_dropped_by_chance_are_the_same_with_the_same_seed():
    """About one in n."""

    def dropped(seed):
        exchanges = Exchanges()
        exchanges.drop(10, seed)
        for _ in range(1000):
            exchanges.asked("me")
            exchanges.answered("me", ANSWER)
        exchanges.gone("me")
        return exchanges.dropped

    assert dropped(1) == dropped(1) != dropped(2)
    assert 60 < len(dropped(1)) < 140
