"""The keeper: parent of every process of one stage, which outlives the tool just long enough.

Run as a script by processes.py: `python -I -S keeper.py <socket> <pid of the tool> <scratch>`. Its
life: ignore the terminal's signals, adopt orphans, answer the tool's questions (JSON lines), watch
for the tool's end; when that comes, in whatever way, kill every descendant, remove the scratch
folder, exit. One thread, one poll loop, standard library only: it starts in some 30 ms.
"""

from __future__ import annotations

import fcntl
import json
import os
import select
import signal
import socket
import sys
import time
import types

if not __package__:
    # Run as a script: find the modules beside this file under their own names, but without
    # running the packages' __init__ modules, which may import far more than we need.
    _folders = __file__.rsplit("/", 2)
    for _name, _folder in (
        ("twiceshy", _folders[0]),
        ("twiceshy.stage", f"{_folders[0]}/{_folders[1]}"),
    ):
        sys.modules[_name] = types.ModuleType(_name)
        sys.modules[_name].__path__ = [_folder]

from twiceshy.stage.descendants import below, carries, everybody
from twiceshy.stage.launch import NotLaunchedError, adopt_orphans, launch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from typing import Any

    from twiceshy.stage.fence import Fence

    # A task that takes time: it yields until when (monotonic seconds) it wants to be left alone;
    # the end of a child wakes it before.
    Task = Generator[float, None, None]

_ENDLESS = 3600.0
_SIGNAL_EVERY = 0.005
_GIVE_UP_AFTER = 10.0
_DATABASE_GRACE = 1.0
_LONGEST_BACKLOG = 1 << 20


class Child:
    """A process that was ordered; `code` is how it ended."""

    __slots__ = ("by_shell", "code", "mark", "pid", "stop_signal")

    def __init__(self, pid: int, order: dict[str, Any], mark: str) -> None:
        self.pid = pid
        self.stop_signal: int = order["stop_signal"]
        self.by_shell: bool = order["by_shell"]
        self.mark = mark.encode()
        self.code: int | None = None

    def ask_to_stop(self) -> None:
        """Send its stop signal, as a service manager would; to all of a shell's pipeline."""
        if self.code is None:
            send = os.killpg if self.by_shell else os.kill
            for number in (self.stop_signal, signal.SIGCONT):
                _quietly(send, self.pid, number)


class Keeping:
    """All that the keeper knows: its children, its tasks, its talk with the tool."""

    def __init__(self, talk: socket.socket, tool: int, scratch: str) -> None:
        self.scratch = scratch
        self.stage = scratch.rpartition("/")[2]
        self.over = False
        self._talk = talk
        self._poller = select.poll()
        self._handlers: dict[int, Callable[[int], None]] = {}
        self._rest = b""
        self._backlog = b""
        self._children: dict[int, Child] = {}
        self._tasks: list[tuple[float, Task]] = []
        self._ending = False
        self._fence: Fence | None = None
        # Taken before any process of ours runs: who listens now is not ours.
        self._listeners = _listeners()
        self._began = time.time()
        self._lock = _share_lock(scratch)
        self._watch_children()
        talk.setblocking(False)  # noqa: FBT003 - that is its signature
        self.watch(talk.fileno(), self._hear)
        self._watch_tool(tool)

    # -- the loop -----------------------------------------------------------------------------

    def serve(self) -> None:
        """Do all that there is to do until the stage is over."""
        while not self.over:
            due = min((due for due, _ in self._tasks), default=time.monotonic() + _ENDLESS)
            patience = max(0.0, due - time.monotonic())
            for fd, events in self._poller.poll(int(patience * 1000) + 1):
                handler = self._handlers.get(fd)
                if handler:
                    handler(events)
            self._go_on(time.monotonic())

    def watch(self, fd: int, handler: Callable[[int], None]) -> None:
        """Call `handler` with the events of poll(2) whenever `fd` has something to read."""
        self._handlers[fd] = handler
        self._poller.register(fd, select.POLLIN)

    def forget(self, fd: int) -> None:
        """Stop watching `fd`."""
        if self._handlers.pop(fd, None):
            self._poller.unregister(fd)

    def tell(self, **message: Any) -> None:
        """Send the tool a line. Never blocks: a tool that does not read misses refusals."""
        if len(self._backlog) < _LONGEST_BACKLOG or "refused" not in message:
            self._backlog += json.dumps(message).encode() + b"\n"
        self._flush()

    def _flush(self) -> None:
        try:
            sent = self._talk.send(self._backlog)
        except BlockingIOError:
            self.task(self._flush_later())
            return
        except OSError:
            sent = len(self._backlog)
        self._backlog = self._backlog[sent:]

    def _flush_later(self) -> Task:
        yield time.monotonic() + 0.05
        if self._backlog:
            self._flush()

    def task(self, task: Task) -> None:
        """Let a task run now, and again whenever it wants."""
        self._tasks.append((0.0, task))

    def _go_on(self, now: float) -> None:
        tasks, self._tasks = self._tasks, []
        for due, task in tasks:
            if due > now:
                self._tasks.append((due, task))
                continue
            due = next(task, -1.0)  # noqa: PLW2901 - the next time
            if due >= 0:
                self._tasks.append((due, task))

    # -- what is watched ----------------------------------------------------------------------

    def _watch_children(self) -> None:
        wake, alarm = os.pipe()
        for fd in (wake, alarm):
            os.set_blocking(fd, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(alarm, warn_on_full_buffer=False)
        self.watch(wake, lambda _: self._reap(wake))

    def _reap(self, wake: int) -> None:
        os.read(wake, 4096)
        by_pid = {c.pid: (number, c) for number, c in self._children.items() if c.code is None}
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                break
            if pid == 0:
                break
            if pid in by_pid:
                number, child = by_pid[pid]
                child.code = os.waitstatus_to_exitcode(status)
                self.tell(exited=number, code=child.code)
        self._tasks = [(0.0, task) for _, task in self._tasks]

    def _watch_tool(self, tool: int) -> None:
        # The end of the socket is not enough: a copy of the tool that was forked off and not
        # executed holds the same socket.
        try:
            self.watch(os.pidfd_open(tool), self._end_of_tool)
        except ProcessLookupError:
            self._end_of_tool()
        except (AttributeError, OSError):
            pass
        if os.getppid() != tool:
            self._end_of_tool()

    def _end_of_tool(self, _: int = 0) -> None:
        for fd in list(self._handlers):
            if self._handlers[fd] in (self._hear, self._end_of_tool):
                self.forget(fd)
        if not self._ending:
            self._ending = True
            self.task(self._end(0.0, None))

    def _hear(self, _: int) -> None:
        try:
            chunk = self._talk.recv(1 << 16)
        except BlockingIOError:
            return
        except OSError:
            chunk = b""
        if not chunk:
            self._end_of_tool()
            return
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        for line in lines:
            question = json.loads(line)
            answer = getattr(self, "answer_" + question.pop("do"))
            answer(**question)

    # -- answers to the tool ------------------------------------------------------------------

    def answer_hello(self, question: int) -> None:
        """The tool wants to know that we are there."""
        self.tell(question=question)

    def answer_start(self, question: int, **order: Any) -> None:
        """Start a process."""
        number = question
        mark = f"TWICESHY_CHILD={number}"
        own = {"TWICESHY_STAGE": self.stage, "TWICESHY_CHILD": str(number)}
        order["env"] = {**order["env"], **own}
        order["fenced"] = order["fenced"] and not self._fence_here().problem
        try:
            launched = launch(order)
        except NotLaunchedError as failure:
            self.tell(question=question, failed=failure.step, says=failure.says)
            return
        self._children[number] = Child(launched.pid, order, mark)
        if launched.listener >= 0:
            self._fence_here().guard(launched.listener, order["cwd"])
        fenced = launched.listener >= 0
        self.tell(question=question, id=number, pid=launched.pid, fenced=fenced)

    def answer_signal(self, question: int, id: int, signal: int) -> None:  # noqa: A002 - wire names
        """Signal a process and all that it started."""
        for pid in self._members(self._children[id]):
            _quietly(os.kill, pid, signal)
        self.tell(question=question)

    def answer_stop(self, question: int, id: int, grace: float) -> None:  # noqa: A002 - wire names
        """End a process and all that it started."""
        self.task(self._stop(self._children[id], grace, question))

    def answer_allow(self, question: int, port: int = 0, hosts: tuple[str, ...] = ()) -> None:
        """Let fenced processes reach a loopback port, or hosts."""
        self._fence_here().allow(port, hosts)
        self.tell(question=question)

    def answer_fence(self, question: int) -> None:
        """Say why the fence does not work here, "" when it does."""
        self.tell(question=question, problem=self._fence_here().problem)

    def answer_close(self, question: int, grace: float) -> None:
        """End everything."""
        self._ending = True
        self.task(self._end(grace, question))

    def _fence_here(self) -> Fence:
        if self._fence is None:
            from twiceshy.stage.fence import Fence  # noqa: PLC0415 - most stages need none at first

            self._fence = Fence(self, self._listeners, self._began)
        return self._fence

    # -- stopping -----------------------------------------------------------------------------

    def _members(self, child: Child) -> set[int]:
        """The living processes of one child: its tree, its session, and its adopted daemons."""
        seen = everybody()
        ours = below([os.getpid()], seen)
        direct = {c.pid for c in self._children.values() if c.code is None}
        roots = {child.pid} if child.code is None else set()
        for pid in ours - direct:
            if seen[pid].session == child.pid or (
                seen[pid].parent == os.getpid() and carries(pid, child.mark)
            ):
                roots.add(pid)
        return {pid for pid in roots | below(roots, seen) if pid in seen and not seen[pid].zombie}

    def _stop(self, child: Child, grace: float, question: int) -> Task:
        if grace > 0:
            child.ask_to_stop()
        now = time.monotonic()
        polite_until, give_up = now + grace, now + grace + _GIVE_UP_AFTER
        while child.code is None and time.monotonic() < polite_until:
            yield polite_until
        while time.monotonic() < give_up:
            members = self._members(child)
            if not members and child.code is not None:
                break
            for pid in members:
                _quietly(os.kill, pid, signal.SIGKILL)
            yield time.monotonic() + _SIGNAL_EVERY
        self.tell(question=question)

    def _end(self, grace: float, question: int | None) -> Task:
        """End everything; without grace only a database gets a moment to leave in good order."""
        children = [c for c in self._children.values() if c.code is None]
        polite = [c for c in children if grace > 0 or c.stop_signal == signal.SIGQUIT]
        now = time.monotonic()
        polite_until = now + (grace if grace > 0 else _DATABASE_GRACE)
        give_up = now + grace + _GIVE_UP_AFTER
        for child in polite:
            child.ask_to_stop()
        while time.monotonic() < give_up:
            waiting = [c.pid for c in polite if c.code is None]
            if time.monotonic() >= polite_until:
                waiting = []
            if not self._kill_all_but(waiting, hard=not grace or not waiting):
                break
            yield time.monotonic() + (0.05 if waiting else _SIGNAL_EVERY)
        self._leave(question)

    def _kill_all_but(self, spared: list[int], *, hard: bool) -> bool:
        """Kill all descendants but the trees of `spared`; whether there were any at all."""
        seen = everybody()
        ours = below([os.getpid()], seen)
        kept = below(spared, seen) | set(spared)
        for pid in ours:
            if pid in kept:
                _quietly(os.kill, pid, signal.SIGCONT)
            elif hard and not seen[pid].zombie:
                _quietly(os.kill, pid, signal.SIGKILL)
        return any(not seen[pid].zombie for pid in ours)

    def _leave(self, question: int | None) -> None:
        from twiceshy.stage.remains import remove  # noqa: PLC0415 - not needed before

        remove(self.scratch)
        if question is not None:
            self._talk.setblocking(True)  # noqa: FBT003 - that is its signature
            self.tell(question=question)
        self.over = True


def _quietly(send: Callable[[int, int], None], target: int, number: int) -> None:
    """Send a signal; whoever is gone already, or is not ours to signal, gets none."""
    try:
        send(target, number)
    except OSError:
        return


def _listeners() -> str:
    text = ""
    for name in ("tcp", "tcp6"):
        try:
            with open(f"/proc/net/{name}", encoding="ascii") as file:  # noqa: PTH123 - fast start
                text += file.read()
        except OSError:
            continue
    return text


def _share_lock(scratch: str) -> int:
    """Hold owner.json as the tool does, so that no sweep takes this stage for abandoned."""
    try:
        lock = os.open(f"{scratch}/owner.json", os.O_RDONLY)
        fcntl.flock(lock, fcntl.LOCK_SH)
    except OSError:
        return -1
    return lock


def main() -> None:
    """Serve one stage: arguments are the socket's number, the tool's pid, the scratch folder."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGPIPE):
        signal.signal(number, signal.SIG_IGN)
    adopt_orphans()
    fd, tool, scratch = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    os.set_inheritable(fd, False)  # noqa: FBT003 - that is its signature
    try:
        Keeping(socket.socket(fileno=fd), tool, scratch).serve()
    finally:
        # Nobody is left here, unless the keeper itself failed.
        for pid in below([os.getpid()], everybody()):
            _quietly(os.kill, pid, signal.SIGKILL)


if __name__ == "__main__":
    main()
