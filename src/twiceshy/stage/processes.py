"""Start, watch and stop the processes of one stage. Nothing that is started here outlives the tool.

Every process is a child of one small helper, the keeper (keeper.py), not of the tool: the keeper
notices the end of the tool however it ends, and takes everything down with it.
"""

from __future__ import annotations

import itertools
import os
import pwd
import re
import signal
import socket
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from twiceshy.errors import ServiceFailed, StageLost
from twiceshy.stage.commands import ended, not_started, shown, words_of
from twiceshy.stage.conversation import Conversation
from twiceshy.stage.remains import remove
from twiceshy.stage.scratch import make_scratch
from twiceshy.stage.sweep import clear

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from types import TracebackType

    from twiceshy.model.history import Refusal

_KEEPER = Path(__file__).with_name("keeper.py")
_GRACE = 3.0
_TAIL_BYTES = 1 << 16
# Terminal colours, which loggers print whoever reads.
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True, slots=True)
class User:
    """An account that a process runs as instead of our own."""

    name: str
    uid: int
    gid: int


class Child:
    """One process that the keeper started, together with everything that it starts itself."""

    def __init__(
        self, talk: Conversation, name: str, output: Path, offset: int, started: Mapping[str, Any]
    ) -> None:
        self._talk = talk
        self._id: int = started["id"]
        self._offset = offset
        self.name = name
        self.pid: int = started["pid"]
        self.fenced: bool = started["fenced"]
        self.output = output

    @property
    def alive(self) -> bool:
        """Whether the process itself still runs."""
        return self.exit_code is None

    @property
    def exit_code(self) -> int | None:
        """None while it lives; negative: the signal that ended it."""
        return self._talk.exit_code(self._id)

    def wait(self, timeout: float | None = None) -> int | None:
        """The exit code, or None when it still lives after `timeout` seconds."""
        return self._talk.wait_exit(self._id, timeout)

    def stop(self, grace: float = _GRACE) -> int | None:
        """End it: politely first, by force after `grace` seconds, and with all that it started."""
        self._talk.ask("stop", id=self._id, grace=grace, within=grace + 30)
        return self.exit_code

    def kill(self) -> None:
        """End it by force, with all that it started."""
        self.stop(grace=0)

    def pause(self) -> None:
        """Freeze it with all that it started; `resume`, `stop` and the end of the tool thaw it."""
        self.signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on after `pause`."""
        self.signal(signal.SIGCONT)

    def signal(self, number: int) -> None:
        """Send a signal to the process and to all that it started."""
        self._talk.ask("signal", id=self._id, signal=int(number))

    def tail(self, lines: int = 20) -> str:
        """The last lines that it printed since it was started, for people."""
        try:
            with self.output.open("rb") as file:
                end = file.seek(0, os.SEEK_END)
                file.seek(max(self._offset, end - _TAIL_BYTES))
                text = file.read().decode(errors="replace")
        except OSError:
            return ""
        return "\n".join(_COLOURS.sub("", text).splitlines()[-lines:])

    def complaint(self) -> str:
        """As `tail`, with lines that repeat told once, so that they leave room for the others."""
        again = itertools.groupby(self.tail(1000).splitlines())
        told = [_repeated(line, sum(1 for _ in lines)) for line, lines in again]
        return "\n".join(told[-20:])


class Keeper:
    """The processes and the scratch folder of one stage. Use as a context manager.

    `allow` names hosts (`host` or `host:port`) that fenced processes may reach beside this machine.
    """

    def __init__(self, allow: Iterable[str] = ()) -> None:
        self._numbers = itertools.count(1)
        self._scratch = make_scratch()
        try:
            self._process, self._talk = _started(self.scratch)
        except BaseException:
            # A keeper that is starting sees that we are gone, but only in a while.
            remove(str(self.scratch))
            self._scratch.release()
            raise
        try:
            self._scratch.name_keeper(self._process.pid)
            self._talk.ask("hello")
            self.allow_hosts(allow)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        """Nothing is left to do: the keeper runs already."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop everything and remove the scratch folder."""
        self.close()

    @property
    def scratch(self) -> Path:
        """A short path to a folder that goes when the stage goes."""
        return self._scratch.path

    @property
    def stage(self) -> str:
        """The identity that all processes carry as TWICESHY_STAGE in their environment."""
        return self._scratch.stage

    @property
    def pid(self) -> int:
        """The keeper's own process."""
        return self._process.pid

    @property
    def fence_works(self) -> bool:
        """Whether outbound connections of fenced processes are really refused on this system."""
        return not self.fence_problem

    @property
    def fence_problem(self) -> str:
        """Why the fence does not work on this system, in words; "" when it works."""
        return str(self._talk.ask("fence")["problem"])

    def start(
        self,
        name: str,
        command: str | Sequence[str],
        *,
        env: Mapping[str, str],
        cwd: Path,
        output: Path,
        user: User | None = None,
        stop_signal: int = signal.SIGTERM,
        fenced: bool = False,
    ) -> Child:
        """Start a process; `output` (appended to) takes what it prints.

        `env` is its whole environment, but for HOME and TMPDIR (in the scratch folder, unless
        named) and the mark of the stage. A command with shell syntax runs under /bin/sh.
        ServiceFailed when there is no such program, folder or right; UsageError when the command
        cannot be split into words.
        """
        argv = words_of(command)
        offset = output.stat().st_size if output.exists() else 0
        answer = self._talk.ask(
            "start",
            name=name,
            argv=argv,
            by_shell=argv[:2] == ["/bin/sh", "-c"],
            env=self._complete(env),
            cwd=str(cwd),
            output=str(output),
            user=asdict(user) if user else None,
            stop_signal=int(stop_signal),
            fenced=fenced,
        )
        if "failed" in answer:
            raise not_started(name, argv, cwd, answer)
        return Child(self._talk, name, output, offset, answer)

    def run(
        self,
        name: str,
        command: str | Sequence[str],
        *,
        env: Mapping[str, str],
        cwd: Path,
        timeout: float,
        output: Path | None = None,
        user: User | None = None,
        fenced: bool = False,
    ) -> tuple[int, str]:
        """Run a command to its end: exit code and what it printed. What it left behind is killed.

        ServiceFailed when it cannot be started or takes longer than `timeout` seconds.
        """
        output = output or self.scratch / "output" / f"{next(self._numbers)}.txt"
        child = self.start(name, command, env=env, cwd=cwd, output=output, user=user, fenced=fenced)
        code = child.wait(timeout)
        child.stop(grace=1.0)
        if code is None:
            raise ServiceFailed(
                f"{name} did not come to an end within {timeout:g} s",
                where=shown(words_of(command)),
                seen=child.tail(),
                todo="run the command by hand in the same folder",
            )
        return code, child.tail(lines=2000)

    def refusals(self) -> list[Refusal]:
        """What fenced processes tried to reach since the last call and were refused."""
        return self._talk.refusals()

    def allow_port(self, port: int) -> None:
        """Fenced processes may reach this loopback port, whoever listened there before."""
        self._talk.ask("allow", port=port)

    def allow_hosts(self, hosts: Iterable[str]) -> None:
        """Fenced processes may reach these hosts, `host` or `host:port`."""
        named = list(hosts)
        if named:
            self._talk.ask("allow", hosts=named)

    def close(self, grace: float = _GRACE) -> None:
        """Stop everything, politely for at most `grace` seconds, and remove the scratch folder."""
        if self._scratch.lock < 0:
            return
        try:
            if not self._talk.lost:
                self._talk.ask("close", grace=grace, within=grace + 30)
        except StageLost:
            # It died just now; what it would have done is done below.
            pass
        finally:
            self._talk.close()
            self._process.wait()
            if self.scratch.exists():
                clear(self.scratch)
            self._scratch.release()

    def _complete(self, env: Mapping[str, str]) -> dict[str, str]:
        return {"HOME": str(self.scratch / "home"), "TMPDIR": str(self.scratch / "tmp"), **env}


def _repeated(line: str, times: int) -> str:
    return line if times == 1 or not line else f"{line}  ({times} times)"


def wait_ready(child: Child, probe: Callable[[], str], within: float) -> None:
    """Wait until `probe` has nothing to say against it that the process is ready.

    ServiceFailed when it ended instead, or is not ready after `within` seconds; the error tells
    what the probe saw last.
    """
    deadline = time.monotonic() + within
    pause = 0.005
    while against := probe():
        code = child.wait(timeout=pause)
        if code is not None:
            raise ServiceFailed(
                f"{child.name} ended before it was ready ({ended(code)})",
                seen=child.complaint() or "it printed nothing",
                todo="it must stay in the foreground: no daemon or background option"
                if code == 0
                else "mend what it printed, or start it by hand in the same folder",
            )
        if time.monotonic() > deadline:
            raise ServiceFailed(
                f"{child.name} was not ready after {within:g} s",
                where=against,
                seen=child.complaint() or "it runs and printed nothing",
                todo="check `ready` and the port that it listens on, or raise `ready_within`",
            )
        pause = min(pause * 1.5, 0.1)


def step_down_user() -> User | None:
    """Whom to run as what must not run as root; None when we are not root anyway."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return User(name, entry.pw_uid, entry.pw_gid)
    return User("nobody", 65534, 65534)


def environment(names_passed: Iterable[str], own: Mapping[str, str]) -> dict[str, str]:
    """The environment of a user's process: the same wherever the tool runs, but for PATH.

    Of the caller's environment only PATH and `names_passed` get through; `own` wins.
    """
    passed = {name: os.environ[name] for name in names_passed if name in os.environ}
    path = os.environ.get("PATH") or os.defpath
    return {"PATH": path, "LANG": "C.UTF-8", "TZ": "UTC", **passed, **own}


def _started(scratch: Path) -> tuple[subprocess.Popen[bytes], Conversation]:
    log = scratch / "keeper.log"
    ours, theirs = socket.socketpair()
    try:
        with theirs:
            process = _start_keeper(theirs, scratch, log)
        return process, Conversation(ours, log)
    except BaseException:
        ours.close()
        raise


def _start_keeper(theirs: socket.socket, scratch: Path, log: Path) -> subprocess.Popen[bytes]:
    end = str(theirs.fileno())
    with log.open("ab") as file:
        return subprocess.Popen(
            [sys.executable, "-I", "-S", str(_KEEPER), end, str(os.getpid()), str(scratch)],
            pass_fds=[theirs.fileno()],
            env={"PATH": os.environ.get("PATH", os.defpath), "TWICESHY_STAGE": scratch.name},
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            start_new_session=True,
        )
