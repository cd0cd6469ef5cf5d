"""The kernel's side of the fence: the filter, its listener, and the questions that come through it.

Layouts and numbers are those of linux/seccomp.h, linux/filter.h and linux/audit.h. Standard
library only (keeper).
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import socket
import struct

# The calls that a process on each architecture makes: (audit number, seccomp(2), names → numbers).
_MACHINES = {
    "x86_64": (
        0xC000003E,
        317,
        {"connect": 42, "sendto": 44, "sendmsg": 46, "sendmmsg": 307, "io_uring_setup": 425},
    ),
    "aarch64": (
        0xC00000B7,
        277,
        {"connect": 203, "sendto": 206, "sendmsg": 211, "sendmmsg": 269, "io_uring_setup": 425},
    ),
}
# What 32-bit programs on the same kernels use: audit number → calls that reach the network.
_FOREIGN = {0x40000003: (102, 362, 369, 370, 345), 0x40000028: (283, 290, 296, 374)}
_X32 = 0x40000000

_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_ALLOW, _ERROR, _ASK = 0x7FFF0000, 0x00050000, 0x7FC00000
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16

_SET_MODE_FILTER = 1
_NEW_LISTENER, _SPEC_ALLOW, _WAIT_KILLABLE = 8, 4, 32
_PR_SET_NO_NEW_PRIVS = 38

_RECEIVE, _SEND, _VALID, _ADD_FD = 0xC0502100, 0xC0182101, 0x80082102, 0x40182103
_SET_FLAGS, _SYNC_WAKE_UP = 0x40082104, 1
_CONTINUE = 1
_REPLACE_FD = 1

# No program sends with these flags, so this is how the listener itself gets out past the filter.
_PASSWORD = socket.MSG_DONTROUTE | getattr(socket, "MSG_CONFIRM", 0x800) | socket.MSG_EOR


class Question:
    """A call that waits for our answer: which one, by which thread, with which arguments."""

    __slots__ = ("arguments", "call", "id", "tid")

    def __init__(self, id_: int, tid: int, call: str, arguments: tuple[int, ...]) -> None:
        self.id = id_
        self.tid = tid
        self.call = call
        self.arguments = arguments


def known_machine() -> bool:
    """Whether we know the numbers of this architecture."""
    return platform_name() in _MACHINES


def platform_name() -> str:
    """The architecture as the kernel names it."""
    return os.uname().machine


def install() -> int:
    """Put the filter over this process and all that it starts; the listener's number.

    Raises OSError where the kernel, or a container around us, does not let us.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    lines = _program()
    kept = ctypes.create_string_buffer(lines)
    head = struct.pack("HxxxxxxP", len(lines) // 8, ctypes.addressof(kept))
    call = _MACHINES[platform_name()][1]
    for flags in (_NEW_LISTENER | _SPEC_ALLOW | _WAIT_KILLABLE, _NEW_LISTENER | _SPEC_ALLOW):
        fd = libc.syscall(call, _SET_MODE_FILTER, flags, head)
        if fd < 0 and ctypes.get_errno() == errno.EACCES:
            # Only root may do it without this promise to gain no rights by executing.
            libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
            fd = libc.syscall(call, _SET_MODE_FILTER, flags, head)
        if fd >= 0:
            return int(fd)
        if ctypes.get_errno() != errno.EINVAL:
            break
    number = ctypes.get_errno()
    raise OSError(number, os.strerror(number))


def hand_over(listener: int, to: socket.socket) -> None:
    """Send the listener to the keeper, through the filter that is in force already."""
    ancillary = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, struct.pack("i", listener))]
    to.sendmsg([b"listener"], ancillary, _PASSWORD)
    os.close(listener)


def wake_at_once(listener: int) -> None:
    """Ask the kernel to hand calls over without a detour through the scheduler (since 6.6)."""
    try:
        fcntl.ioctl(listener, _SET_FLAGS, _SYNC_WAKE_UP)
    except OSError:
        return


def receive(listener: int) -> Question | None:
    """The next question; None when whoever asked is gone."""
    buffer = bytearray(80)
    try:
        fcntl.ioctl(listener, _RECEIVE, buffer, True)  # noqa: FBT003 - that is its signature
    except OSError as error:
        if error.errno in {errno.ENOENT, errno.EINTR}:
            return None
        raise
    id_, tid, _, number, _, _, *arguments = struct.unpack("QIIiIQ6Q", buffer)
    names = _MACHINES[platform_name()][2]
    call = next((name for name, known in names.items() if known == number), str(number))
    return Question(id_, tid, call, tuple(arguments))


def still_waits(listener: int, question: Question) -> bool:
    """Whether the thread that asked is the one that we looked at meanwhile."""
    try:
        fcntl.ioctl(listener, _VALID, struct.pack("Q", question.id))
    except OSError:
        return False
    return True


def let_pass(listener: int, question: Question) -> None:
    """Let the call happen as it was made."""
    _answer(listener, question, 0, 0, _CONTINUE)


def fail(listener: int, question: Question, number: int) -> None:
    """Let the call fail with this errno."""
    _answer(listener, question, 0, -number, 0)


def pretend(listener: int, question: Question, result: int = 0) -> None:
    """Let the call return `result` without happening."""
    _answer(listener, question, result, 0, 0)


def replace_fd(listener: int, question: Question, ours: int, theirs: int, *, cloexec: bool) -> None:
    """Put a copy of our file descriptor in the place of one of theirs (since Linux 5.9)."""
    flags = os.O_CLOEXEC if cloexec else 0
    fcntl.ioctl(
        listener, _ADD_FD, struct.pack("QIIII", question.id, _REPLACE_FD, ours, theirs, flags)
    )


def _answer(listener: int, question: Question, result: int, error: int, flags: int) -> None:
    try:
        fcntl.ioctl(listener, _SEND, struct.pack("QqiI", question.id, result, error, flags))
    except OSError as failure:
        # ENOENT: whoever asked was killed, or a signal interrupted the call.
        if failure.errno != errno.ENOENT:
            raise


Line = tuple[int, int, int, int]


def _program() -> bytes:
    """The filter, in classic BPF: ask about calls with an address, allow everything else."""
    audit, _, calls = _MACHINES[platform_name()]
    no_such_call = _return(_ERROR | errno.ENOSYS)
    address_of_sendto, flags_of_sendmsg = _ARGUMENTS + 4 * 8, _ARGUMENTS + 2 * 8
    lines: list[Line] = []
    for foreign, numbers in _FOREIGN.items():
        refusals = [line for n in numbers for line in _when(_NUMBER, n, [no_such_call])]
        lines += _when(_ARCHITECTURE, foreign, [*refusals, _return(_ALLOW)])
    lines += [(_LOAD, 0, 0, _ARCHITECTURE), (_EQUAL, 1, 0, audit), _return(_ALLOW)]
    lines += [(_LOAD, 0, 0, _NUMBER), (_AT_LEAST, 0, 1, _X32), no_such_call]
    no_address = _when(address_of_sendto + 4, 0, [_return(_ALLOW)])
    lines += _when(
        _NUMBER, calls["sendto"], [*_when(address_of_sendto, 0, no_address), _return(_ASK)]
    )
    listener_itself = _when(flags_of_sendmsg, _PASSWORD, [_return(_ALLOW)])
    lines += _when(_NUMBER, calls["sendmsg"], [*listener_itself, _return(_ASK)])
    for name in ("connect", "sendmmsg"):
        lines += _when(_NUMBER, calls[name], [_return(_ASK)])
    lines += _when(_NUMBER, calls["io_uring_setup"], [no_such_call])
    lines.append(_return(_ALLOW))
    return b"".join(struct.pack("HBBI", *line) for line in lines)


def _when(offset: int, value: int, then: list[Line]) -> list[Line]:
    """Lines that only count when the word at `offset` of struct seccomp_data is `value`."""
    return [(_LOAD, 0, 0, offset), (_EQUAL, 0, len(then), value), *then]


def _return(verdict: int) -> Line:
    return (_RETURN, 0, 0, verdict)
