from __future__ import annotations

import errno
import struct

import pytest

from twiceshy.stage import seccomp

_ALLOW, _ASK, _NO_SUCH_CALL = "allow", "ask", "no such call"
_VERDICTS = {
    0x7FFF0000: _ALLOW,
    0x7FC00000: _ASK,
    0x00050000 | errno.ENOSYS: _NO_SUCH_CALL,
}
# Numbers from the kernel's tables: unistd_64.h and asm-generic/unistd.h.
_CALLS = {
    "x86_64": {"connect": 42, "sendto": 44, "sendmsg": 46, "sendmmsg": 307, "read": 0},
    "aarch64": {"connect": 203, "sendto": 206, "sendmsg": 211, "sendmmsg": 269, "read": 63},
}
_AUDIT = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}


@pytest.fixture(params=sorted(_CALLS))
def machine(request, monkeypatch):
    """Each architecture in turn, whichever runs the test."""
    monkeypatch.setattr(seccomp, "platform_name", lambda: request.param)
    return request.param


def _verdict(number, audit, *arguments):
    """Run the filter as the kernel would (classic BPF, four instructions of it)."""
    data = struct.pack("IIQ6Q", number, audit, 0, *arguments, *[0] * (6 - len(arguments)))
    program = [line for (*line,) in struct.iter_unpack("HBBI", seccomp._program())]
    place, word = 0, 0
    while True:
        code, if_true, if_false, value = program[place]
        place += 1
        if code == 0x20:
            (word,) = struct.unpack_from("I", data, value)
        elif code == 0x15:
            place += if_true if word == value else if_false
        elif code == 0x35:
            place += if_true if word >= value else if_false
        else:
            assert code == 0x06
            return _VERDICTS[value]


@pytest.mark.parametrize(
    ("call", "arguments", "verdict"),
    [
        ("read", (0, 1, 2), _ALLOW),
        ("connect", (3, 1 << 40, 16), _ASK),
        ("sendto", (3, 1, 5, 0, 0, 0), _ALLOW),
        ("sendto", (3, 1, 5, 0, 0x1000, 16), _ASK),
        ("sendto", (3, 1, 5, 0, 1 << 40, 16), _ASK),
        ("sendmsg", (3, 1, 0), _ASK),
        ("sendmsg", (3, 1, 0x4000), _ASK),
        ("sendmsg", (3, 1, seccomp._PASSWORD), _ALLOW),
        ("sendmmsg", (3, 1, 2, 0), _ASK),
    ],
)
def test_calls_with_an_address_are_asked_about(machine, call, arguments, verdict):
    """And only those: sending over what is connected costs nothing."""
    assert _verdict(_CALLS[machine][call], _AUDIT[machine], *arguments) == verdict


def test_ways_around_the_filter_do_not_exist(machine):
    """The ring interface, and the network calls of 32-bit programs, are no such calls."""
    assert _verdict(425, _AUDIT[machine]) == _NO_SUCH_CALL
    assert _verdict(0x40000000 | 42, _AUDIT[machine]) == _NO_SUCH_CALL
    assert _verdict(102, 0x40000003) == _NO_SUCH_CALL
    assert _verdict(362, 0x40000003) == _NO_SUCH_CALL
    assert _verdict(283, 0x40000028) == _NO_SUCH_CALL
    assert _verdict(3, 0x40000003) == _ALLOW
