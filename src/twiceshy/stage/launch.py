"""Between fork and exec: turn a copy of the keeper into the program that was ordered.

Standard library only (keeper).
"""

from __future__ import annotations

import array
import ctypes
import os
import resource
import signal
import socket
import sys

from twiceshy.stage import seccomp

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_CLOSE_ON_EXEC = getattr(socket, "MSG_CMSG_CLOEXEC", 0)
LINUX = sys.platform.startswith("linux")


class Launched:
    """A process that runs the ordered program. `listener` is its fence's end, or -1."""

    __slots__ = ("listener", "pid")

    def __init__(self, pid: int, listener: int) -> None:
        self.pid = pid
        self.listener = listener


class NotLaunchedError(Exception):
    """The program does not run: `step` (cwd, output, user, exec, ...) failed as `says` tells."""

    def __init__(self, step: str, says: str) -> None:
        self.step = step
        self.says = says
        super().__init__(step, says)


def adopt_orphans() -> None:
    """Become the parent of every descendant whose own parent ends (Linux)."""
    if LINUX:
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def launch(order: dict[str, Any]) -> Launched:
    """Fork and execute. The keeper has one thread only, so the fork copies a sound state."""
    try:
        output = os.open(order["output"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    except OSError as error:
        raise NotLaunchedError(f"opening {order['output']}", error.strerror or "") from None
    ours, theirs = socket.socketpair()
    keeper = os.getpid()
    with ours:
        pid = os.fork()
        if pid == 0:
            _become(order, output, theirs, keeper)
        theirs.close()
        os.close(output)
        try:
            return Launched(pid, read_outcome(ours))
        except NotLaunchedError:
            os.waitpid(pid, 0)
            raise


def read_outcome(ours: socket.socket) -> int:
    """The listener that the child sent, if any; the end of the line means that it executes."""
    listener, told = -1, b""
    while True:
        data, control, _, _ = ours.recvmsg(4096, socket.CMSG_SPACE(4), _CLOSE_ON_EXEC)
        for _, _, fds in control:
            listener = array.array("i", fds[:4])[0]
        if not data:
            break
        told += data.replace(b"listener", b"", 1) if control else data
    if told:
        if listener >= 0:
            os.close(listener)
        step, _, says = told.decode(errors="replace").partition("\n")
        raise NotLaunchedError(step, says)
    return listener


def _become(order: dict[str, Any], output: int, theirs: socket.socket, keeper: int) -> NoReturn:
    step = "starting"
    try:
        os.setsid()
        _forget_signals()
        step = "fence"
        if order["fenced"]:
            seccomp.hand_over(seccomp.install(), theirs)
        step = "user"
        user = order.get("user")
        if user:
            os.fchown(output, user["uid"], user["gid"])
            os.setgroups([user["gid"]])
            os.setgid(user["gid"])
            os.setuid(user["uid"])
        _die_with(keeper, signal.SIGQUIT if order["stop_signal"] == signal.SIGQUIT else 9)
        step = "cwd"
        os.chdir(order["cwd"])
        step = "exec"
        _plug(output)
        _execute(order["argv"], order["env"])
    except BaseException as error:  # noqa: BLE001 - this copy must never run the keeper's code
        says = getattr(error, "strerror", None) or str(error)
        os.write(theirs.fileno(), f"{step}\n{says}".encode(errors="replace"))
    finally:
        os._exit(127)


def _execute(argv: list[str], env: dict[str, str]) -> None:
    """As os.execvpe, which imports a module that another account may be unable to read."""
    if "/" in argv[0]:
        os.execve(argv[0], argv, env)  # noqa: S606 - the user's own words
    error: OSError = FileNotFoundError(2, "No such file or directory")
    for folder in env.get("PATH", os.defpath).split(os.pathsep):
        try:
            os.execve(f"{folder or '.'}/{argv[0]}", argv, env)  # noqa: S606 - as above
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as refused:
            error = refused
    raise error


def _forget_signals() -> None:
    """What the keeper ignores or handles would stay ignored after exec."""
    signal.set_wakeup_fd(-1)
    for number in signal.valid_signals():
        try:
            signal.signal(number, signal.SIG_DFL)
        except (OSError, ValueError):
            continue
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    # A core file would be left in the user's folder.
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))


def _die_with(keeper: int, number: int) -> None:
    # After setuid, which clears it.
    if LINUX:
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(number), 0, 0, 0)
    if os.getppid() != keeper:
        os._exit(127)


def _plug(output: int) -> None:
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(output, 1)
    os.dup2(output, 2)
