from __future__ import annotations

import os
import socket
import struct
import time

import pytest

from twiceshy.stage import lookup
from twiceshy.stage.allowed import Allowed, Peer, read_peer

_LISTENERS = """\
  sl  local_address rem_address   st tx_queue rx_queue
   0: 0100007F:1538 00000000:0000 0A 00000000:00000000
   1: 0100007F:1539 0100007F:1538 01 00000000:00000000
   0: 00000000000000000000000001000000:0050 00000000000000000000000000000000:0000 0A 0:0
"""
_FOUR, _SIX = socket.AF_INET, socket.AF_INET6


@pytest.fixture
def allowed(tmp_path, monkeypatch):
    """Rules of a stage that came up now, on a machine with a search domain."""
    monkeypatch.setattr(lookup, "search_domains", lambda: ("corp.example",))
    monkeypatch.setattr(lookup, "nameservers", lambda: ("198.51.100.53",))
    monkeypatch.setattr(
        lookup, "addresses_in_hosts_file", lambda name: ["10.9.9.9"] if name == "shop" else []
    )
    (tmp_path / "scratch").mkdir()
    return Allowed(str(tmp_path / "scratch"), _LISTENERS, time.time())


def _says(allowed, peer, cwd="/nowhere/at/all"):
    found = allowed.judge(peer, cwd)
    return "pass" if found.passes else "lookup" if found.is_lookup else found.report


@pytest.mark.parametrize(
    ("peer", "says"),
    [
        (Peer(socket.AF_UNSPEC, ""), "pass"),
        (Peer(16, ""), "pass"),
        (Peer(40, "address family 40"), "address family 40"),
        (Peer(_FOUR, "127.0.0.1", 4000), "pass"),
        (Peer(_FOUR, "127.5.5.5", 5433), "pass"),
        (Peer(_SIX, "::1", 4000), "pass"),
        (Peer(_FOUR, "127.0.0.1", 5432, datagram=True), "pass"),
        (Peer(_FOUR, "198.51.100.1", 443), "198.51.100.1:443"),
        (Peer(_SIX, "2001:db8::1", 443), "[2001:db8::1]:443"),
        (Peer(_FOUR, "198.51.100.1", 8125, datagram=True), "198.51.100.1:8125"),
        (Peer(_FOUR, "198.51.100.1", 0, datagram=True), "pass"),
        (Peer(_FOUR, "127.0.0.53", 53, datagram=True), "lookup"),
        (Peer(_FOUR, "198.51.100.53", 53, datagram=True), "lookup"),
        (Peer(_FOUR, "198.51.100.53", 53), "198.51.100.53:53"),
        (Peer(_FOUR, "10.9.9.9", 443), "10.9.9.9:443"),
    ],
)
def test_without_a_list_only_this_machine_may_be_reached(allowed, peer, says):
    """Each kind of address meets its rule."""
    assert _says(allowed, peer) == says


@pytest.mark.parametrize(
    "peer",
    [
        Peer(_FOUR, "127.0.0.1", 5432),
        Peer(_FOUR, "0.0.0.0", 5432),
        Peer(_SIX, "::1", 80),
        Peer(_SIX, "::", 80),
    ],
)
def test_ports_that_somebody_had_before_are_refused_until_allowed(allowed, peer):
    """The listeners of the snapshot count, whatever address of this machine is used."""
    assert _says(allowed, peer) == (
        f"{peer} (something else on this machine was listening there before)"
    )

    allowed.ports.add(peer.port)
    assert _says(allowed, peer) == "pass"


@pytest.mark.parametrize(
    ("host", "passes", "refused"),
    [
        ("198.51.100.1", [("198.51.100.1", 1), ("198.51.100.1", 2)], [("198.51.100.2", 1)]),
        ("198.51.100.1:443", [("198.51.100.1", 443)], [("198.51.100.1", 80)]),
        ("2001:db8::1", [("2001:db8::1", 5)], [("2001:db8::2", 5)]),
        ("[2001:db8::1]:443", [("2001:db8::1", 443)], [("2001:db8::1", 80)]),
        ("Shop", [("10.9.9.9", 5)], [("10.9.9.8", 5)]),
        ("shop:443", [("10.9.9.9", 443)], [("10.9.9.9", 80)]),
        ("127.0.0.1:5432", [("127.0.0.1", 5432)], [("198.51.100.1", 5432)]),
    ],
)
def test_listed_hosts_may_be_reached(allowed, host, passes, refused):
    """By address, or by the address that a name has in the hosts file."""
    allowed.add_host(host)

    for wanted, expected in ((passes, True), (refused, False)):
        for place, port in wanted:
            peer = Peer(_SIX if ":" in place else _FOUR, place, port)
            assert allowed.judge(peer, "/").passes is expected, (place, port)


def test_ports_of_a_host_add_up(allowed):
    """Two entries open two ports; one without a port opens all."""
    peer = Peer(_FOUR, "198.51.100.1", 3)
    allowed.add_host("198.51.100.1:1")
    allowed.add_host("198.51.100.1:2")
    assert not allowed.judge(peer, "/").passes

    allowed.add_host("198.51.100.1")
    allowed.add_host("198.51.100.1:4")
    assert allowed.judge(peer, "/").passes


def test_a_name_opens_what_it_is_found_to_be(allowed):
    """Addresses that a lookup brought pass; lookups over TCP do as soon as a name is allowed."""
    allowed.add_host("api.example:443")
    allowed.learn("api.example", ["198.51.100.7"])
    allowed.learn("other.example", ["198.51.100.8"])

    assert _says(allowed, Peer(_FOUR, "198.51.100.7", 443)) == "pass"
    assert _says(allowed, Peer(_FOUR, "198.51.100.7", 80)) == "198.51.100.7:80"
    assert _says(allowed, Peer(_FOUR, "198.51.100.8", 443)) == "198.51.100.8:443"
    assert _says(allowed, Peer(_FOUR, "198.51.100.53", 53)) == "pass"


def test_search_domains_are_seen_through(allowed):
    """Resolvers try a name with the domains of this machine appended."""
    allowed.add_host("api.example")
    allowed.add_host("db")
    allowed.add_host("full.corp.example")

    assert allowed.permits_name("api.example.corp.example")
    assert allowed.permits_name("db.corp.example")
    assert allowed.permits_name("full.corp.example")
    assert not allowed.permits_name("other.example.corp.example")
    assert allowed.plain("other.example.corp.example") == "other.example"
    assert allowed.plain("host.corp.example") == "host.corp.example"


def test_our_own_name_is_about_this_machine(allowed):
    """Lookups of our own name and of loopback addresses are no attempt to get out."""
    own = os.uname().nodename.lower()

    assert allowed.is_about_this_machine(own)
    assert allowed.is_about_this_machine("1.0.0.127.in-addr.arpa")
    assert not allowed.is_about_this_machine(f"{own}.elsewhere.example")


def test_silent_places_are_refused_without_report(allowed, monkeypatch):
    """Programs call name services and logs of the machine unasked."""
    monkeypatch.setattr(os, "stat", lambda path: os.stat_result([0] * 10))
    monkeypatch.setattr(os.path, "realpath", lambda path: path)

    for place in ("/dev/log", "/run/nscd/socket", "/run/systemd/resolve/io.systemd.Resolve"):
        assert _says(allowed, Peer(socket.AF_UNIX, place)) == ""
    assert "docker" in _says(allowed, Peer(socket.AF_UNIX, "/run/docker.sock"))


def test_a_folder_that_holds_everything_is_nobodys_own(allowed, tmp_path):
    """A service that runs in / does not own all sockets of the machine."""
    path = tmp_path / "sock"
    path.touch()
    os.utime(path, (1, 1))
    peer = Peer(socket.AF_UNIX, str(path))

    assert _says(allowed, peer, cwd="/").startswith(str(path))
    assert _says(allowed, peer, cwd=str(tmp_path)) == "pass"


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (struct.pack("HH4s8x", _FOUR, socket.htons(443), bytes([1, 2, 3, 4])),
         "1.2.3.4:443"),
        (struct.pack("HHI", _SIX, socket.htons(80), 0) + bytes(15) + b"\1" + bytes(4), "[::1]:80"),
        (struct.pack("HHI", _SIX, socket.htons(80), 0) + bytes(10) + b"\xff\xff" + bytes([9] * 4),
         "9.9.9.9:80"),
        (struct.pack("H", socket.AF_UNIX) + b"/run/a.sock\0rubbish", "/run/a.sock"),
        (struct.pack("H", socket.AF_UNIX) + b"\0abstract", ""),
        (struct.pack("H", 40) + bytes(14), "address family 40"),
    ],
)  # fmt: skip
def test_addresses_are_read_as_the_kernel_lays_them_out(raw, text):
    """struct sockaddr of each family."""
    assert str(read_peer(raw, os.getpid(), 0)) == text
