"""What fenced processes may reach: this stage, what it started on this machine, and named hosts.

Standard library only (keeper).
"""

from __future__ import annotations

import os
import socket
import struct

from twiceshy.stage import lookup

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

_NETLINK = 16
_DNS = 53
_LISTENING = "0A"
# Kernel time stamps are rounded down to its tick.
_TICK = 0.02
_TOO_WIDE = frozenset({"/", "/home", "/opt", "/run", "/srv", "/tmp", "/usr", "/var", "/var/run"})  # noqa: S108 - only compared
# Name services and logs of the machine: programs call them unasked, so refusing them is no news.
_SILENT = (
    "/dev/log",
    "/run/avahi-daemon/",
    "/run/dbus/system_bus_socket",
    "/run/nscd/",
    "/run/systemd/",
    "/var/lib/sss/",
)
_THERE_BEFORE = "something else on this machine was listening there before"


class Peer:
    """Whom a call wants to reach; `place` is an IP address or the path of a socket."""

    __slots__ = ("datagram", "family", "folder", "place", "port")

    def __init__(
        self, family: int, place: str, port: int = 0, *, datagram: bool = False, folder: str = ""
    ) -> None:
        self.family = family
        self.place = place
        self.port = port
        self.datagram = datagram
        self.folder = folder

    @property
    def is_here(self) -> bool:
        """Whether it is a loopback address, or one that means loopback."""
        return self.place.startswith("127.") or self.place in {"::1", "0.0.0.0", "::"}  # noqa: S104 - nothing binds

    def __str__(self) -> str:
        """`host:port`, or the path."""
        if self.family not in {socket.AF_INET, socket.AF_INET6}:
            return self.place
        return f"[{self.place}]:{self.port}" if ":" in self.place else f"{self.place}:{self.port}"


class Judgement:
    """What becomes of a call: it passes, is a lookup of a name, or is refused and reported."""

    __slots__ = ("is_lookup", "passes", "report")

    def __init__(self, *, passes: bool = False, is_lookup: bool = False, report: str = "") -> None:
        self.passes = passes
        self.is_lookup = is_lookup
        self.report = report


PASS: Final = Judgement(passes=True)
LOOKUP: Final = Judgement(is_lookup=True)
SILENT: Final = Judgement()


def read_peer(raw: bytes, tid: int, number: int) -> Peer:
    """Whom an address in a thread's memory names; `number` is the socket's file descriptor."""
    (family,) = struct.unpack_from("H", raw.ljust(2, b"\0"))
    if family == socket.AF_UNIX:
        return _unix_peer(raw[2:], tid)
    if family == socket.AF_INET:
        place, (port,) = socket.inet_ntop(family, raw[4:8]), struct.unpack_from("!H", raw, 2)
    elif family == socket.AF_INET6:
        place, (port,) = socket.inet_ntop(family, raw[8:24]), struct.unpack_from("!H", raw, 2)
        place = place.removeprefix("::ffff:") if "." in place else place
    else:
        return Peer(family, f"address family {family}")
    return Peer(family, place, port, datagram=_is_datagram(tid, number))


class Allowed:
    """The rules of one stage. `ports` are loopback ports that may be reached in any case."""

    def __init__(self, scratch: str, listeners: str, began: float) -> None:
        self.ports: set[int] = set()
        self._scratch = os.path.realpath(scratch)
        self._began = began
        self._theirs = _ports_of(listeners)
        # Name or address → ports, where the empty set means every port.
        self._hosts: dict[str, set[int]] = {}
        self._learned: dict[str, set[str]] = {}
        self._domains = tuple(f".{domain}" for domain in lookup.search_domains())

    def add_host(self, text: str) -> None:
        """Allow `host`, `host:port`, `[address]:port` or an address."""
        host, colon, port = text.rpartition(":")
        if not colon or not port.isdigit() or (":" in host and not host.startswith("[")):
            host, port = text, ""
        host = host.strip("[]").rstrip(".").lower()
        ports = self._hosts.setdefault(host, {int(port)} if port else set())
        if not port:
            ports.clear()
        elif ports:
            ports.add(int(port))
        self.learn(host, [host, *lookup.addresses_in_hosts_file(host)])

    def learn(self, name: str, addresses: list[str]) -> None:
        """A name was found to have these addresses."""
        for address in addresses:
            self._learned.setdefault(address, set()).add(self.plain(name))

    def permits_name(self, name: str) -> bool:
        """Whether a name may be looked up."""
        return name in self._hosts or self.plain(name) in self._hosts

    def is_about_this_machine(self, name: str) -> bool:
        """Whether a lookup asks for our own name, or the name of a loopback address."""
        own = os.uname().nodename.lower()
        mine = self.plain(name) in {own, own.partition(".")[0]}
        return mine or name.endswith(".127.in-addr.arpa")

    def plain(self, name: str) -> str:
        """A name as the program meant it, without a search domain that the resolver appended."""
        if name not in self._hosts:
            for domain in self._domains:
                before = name.removesuffix(domain)
                if before != name and ("." in before or before in self._hosts):
                    return before
        return name

    def judge(self, peer: Peer, cwd: str) -> Judgement:
        """What becomes of a call to this peer by a process of a service that lives in `cwd`."""
        if peer.family in {socket.AF_UNSPEC, _NETLINK}:
            return PASS
        if peer.family == socket.AF_UNIX:
            return self._judge_path(peer, cwd)
        if peer.family not in {socket.AF_INET, socket.AF_INET6}:
            return Judgement(report=str(peer))
        if peer.port == _DNS and peer.datagram:
            return LOOKUP
        if self._is_allowed(peer):
            return PASS
        if peer.is_here or _is_own_address(peer):
            if peer.datagram or peer.port not in self._theirs - self.ports:
                return PASS
            return Judgement(report=f"{peer} ({_THERE_BEFORE})")
        return Judgement(report=str(peer))

    def _is_allowed(self, peer: Peer) -> bool:
        # Resolvers connect without sending, to learn which address of ours would be used.
        if peer.datagram and peer.port == 0:
            return True
        if peer.port == _DNS and self._hosts and peer.place in lookup.nameservers():
            return True
        names = self._learned.get(peer.place, ())
        allowed = [self._hosts[name] for name in names if name in self._hosts]
        return any(not ports or peer.port in ports for ports in allowed)

    def _judge_path(self, peer: Peer, cwd: str) -> Judgement:
        if not peer.place:
            return PASS
        path = os.path.realpath(f"{peer.folder}/{peer.place}" if peer.folder else peer.place)
        try:
            made = os.stat(path).st_mtime  # noqa: PTH116 - pathlib would slow the keeper down
        except OSError:
            # Nothing is there; the kernel says so in its own words.
            return PASS
        homes = [self._scratch, *([] if cwd in _TOO_WIDE else [os.path.realpath(cwd)])]
        if any(path.startswith(f"{home}/") for home in homes):
            return PASS
        database = "/.s.PGSQL." in path
        if made >= self._began - _TICK and not database:
            return PASS
        if path.startswith(_SILENT):
            return SILENT
        return Judgement(report=f"{path} ({_THERE_BEFORE})")


def _unix_peer(raw: bytes, tid: int) -> Peer:
    # An abstract name starts with a zero byte: reachable by programs of this machine only.
    path = os.fsdecode(raw.partition(b"\0")[0])
    folder = "" if path.startswith("/") or not path else f"/proc/{tid}/cwd"
    return Peer(socket.AF_UNIX, path, folder=folder)


def _is_datagram(tid: int, number: int) -> bool:
    try:
        return os.getxattr(f"/proc/{tid}/fd/{number}", "system.sockprotoname").startswith(b"UDP")
    except (OSError, AttributeError):
        return False


def _is_own_address(peer: Peer) -> bool:
    with socket.socket(socket.AF_INET6 if ":" in peer.place else socket.AF_INET) as sock:
        try:
            sock.bind((peer.place, 0))
        except OSError:
            return False
    return True


def _ports_of(listeners: str) -> set[int]:
    """The ports of /proc/net/tcp and tcp6 on which somebody listens."""
    rows = [line.split() for line in listeners.splitlines()]
    return {
        int(row[1].rpartition(":")[2], 16) for row in rows if len(row) > 3 and row[3] == _LISTENING
    }
