"""The few pieces of DNS that the fence needs (RFC 1035). Standard library only (keeper)."""

from __future__ import annotations

import socket
import struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_HEADER = struct.Struct("!6H")
_ANSWER, _QUERY_CLASS = 0x8000, 1
_A, _AAAA = 1, 28
_POINTER = 0xC0


def name_asked(packet: bytes) -> str:
    """The name that a query is about, in lower case and without a final dot; "" if it is none."""
    try:
        _, flags, questions, *_ = _HEADER.unpack_from(packet)
        if flags & _ANSWER or not questions:
            return ""
        return b".".join(_labels(packet, _HEADER.size)).decode("ascii", "replace").lower()
    except (struct.error, IndexError):
        return ""


def query(name: str, *, ipv6: bool) -> bytes:
    """A query for the addresses of `name`."""
    labels = [label.encode("idna") for label in name.split(".")]
    encoded = b"".join(bytes([len(label)]) + label for label in labels) + b"\0"
    kind = struct.pack("!2H", _AAAA if ipv6 else _A, _QUERY_CLASS)
    return _HEADER.pack(0x7453, 0x0100, 1, 0, 0, 0) + encoded + kind


def addresses_in(packet: bytes) -> list[str]:
    """All addresses in the answers of a response, of whatever name (aliases lead to them)."""
    found = []
    try:
        _, _, questions, answers, *_ = _HEADER.unpack_from(packet)
        place = _HEADER.size
        for _ in range(questions):
            place = _after_name(packet, place) + 4
        for _ in range(answers):
            place = _after_name(packet, place)
            kind, _, _, length = struct.unpack_from("!2HIH", packet, place)
            place += 10
            data = packet[place : place + length]
            place += length
            if (kind, length) in {(_A, 4), (_AAAA, 16)}:
                family = socket.AF_INET if kind == _A else socket.AF_INET6
                found.append(socket.inet_ntop(family, data))
    except (struct.error, IndexError, ValueError):
        # Cut off; what came before counts.
        return found
    return found


def search_domains() -> tuple[str, ...]:
    """What the resolver of this machine appends to names."""
    found = [line for key, line in _resolver_lines() if key in {"search", "domain"}]
    return tuple(name.strip(".").lower() for name in found[-1].split()) if found else ()


def nameservers() -> tuple[str, ...]:
    """Whom the resolver of this machine asks."""
    return tuple(line.strip() for key, line in _resolver_lines() if key == "nameserver")


def addresses_in_hosts_file(name: str) -> list[str]:
    """What /etc/hosts says about a name."""
    lines = _lines("/etc/hosts")
    return [words[0] for words in map(str.split, lines) if name in map(str.lower, words[1:])]


def _labels(packet: bytes, place: int) -> Iterator[bytes]:
    while packet[place]:
        length = packet[place]
        if length >= _POINTER:
            return
        yield packet[place + 1 : place + 1 + length]
        place += 1 + length


def _after_name(packet: bytes, place: int) -> int:
    while packet[place]:
        if packet[place] >= _POINTER:
            return place + 2
        place += 1 + packet[place]
    return place + 1


def _resolver_lines() -> list[tuple[str, str]]:
    parts = [line.partition(" ") for line in _lines("/etc/resolv.conf")]
    return [(key, rest) for key, _, rest in parts]


def _lines(path: str) -> list[str]:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:  # noqa: PTH123 - fast start
            lines = [line.partition("#")[0].expandtabs(1).strip() for line in file]
    except OSError:
        return []
    return [line for line in lines if line]
