from __future__ import annotations

import socket
import struct

import pytest

from twiceshy.stage.scripts.wire import (
    TLS,
    Lost,
    Wire,
    error_of,
    ready,
    simple_query,
    values_of,
    with_settings,
)


@pytest.fixture
def pair():
    """A wire, and the socket at its other end."""
    ours, theirs = socket.socketpair()
    yield Wire(ours), theirs
    ours.close()
    theirs.close()


def test_messages_come_whole_however_they_were_cut(pair):
    """A message that arrives byte by byte is one message."""
    wire, other = pair
    for byte in simple_query("SELECT 1") + ready(b"I"):
        other.sendall(bytes([byte]))
    assert wire.wait().type == b"Q"
    assert wire.wait() == (b"Z", ready(b"I"))


def test_a_message_can_be_put_back(pair):
    """What cannot be passed on yet comes again."""
    wire, other = pair
    other.sendall(simple_query("SELECT 1") + simple_query("SELECT 2"))
    first = wire.wait()
    wire.put_back(first)
    assert wire.wait() == first


def test_the_first_message_has_no_type(pair):
    """Its code tells a start from a wish for TLS."""
    wire, other = pair
    other.sendall(struct.pack(">ii", 8, TLS))
    assert wire.first()[0] == TLS


def test_an_end_in_the_middle_is_told(pair):
    """Half a message is none."""
    wire, other = pair
    other.sendall(simple_query("SELECT 1")[:6])
    other.close()
    with pytest.raises(Lost):
        wire.wait()


def test_settings_join_the_start_of_a_session_and_the_client_wins():
    """What the client asks for itself stays as it is."""
    body = b"user\0app\0lock_timeout\x001s\0\0"
    start = struct.pack(">ii", len(body) + 8, 196608) + body
    changed = with_settings(start, [("lock_timeout", "5s"), ("lab.rows", "10")])
    assert struct.unpack(">i", changed[:4])[0] == len(changed)
    assert changed[8:] == b"user\0app\0lock_timeout\x001s\0lab.rows\x0010\0\0"


def test_errors_and_rows_are_read():
    """SQLSTATE first; NULL is None."""
    assert error_of(b"SERROR\0C42P01\0Mno such thing\nat all\0\0") == "42P01 no such thing"
    assert values_of(struct.pack(">hi1si", 2, 1, b"7", -1)) == ("7", None)
