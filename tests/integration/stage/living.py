"""What tests of processes need: tools to be killed, accounts to run them, and who still lives."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil

import twiceshy
from integration.conftest import embedded_binaries
from twiceshy.stage.binaries import reachable_by
from twiceshy.stage.processes import step_down_user

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# A tool that keeps a stage: {body} starts processes, then it tells the test and waits to be killed.
_TOOL = """
import json, os, signal, sys, time
from pathlib import Path
from twiceshy.stage.processes import Keeper, environment

def start(name, code, **more):
    return keeper.start(name, [{python!r}, "-c", code], env=environment([], {{}}), cwd=Path("/"),
                        output=keeper.scratch / f"{{name}}.out", **more)

with Keeper() as keeper:
    facts = {{"scratch": str(keeper.scratch), "keeper": keeper.pid, "tool": os.getpid()}}
{body}
    print(json.dumps(facts), flush=True)
    signal.pause()
"""

SLEEPER = "import time; time.sleep(300)"
STUBBORN = (
    "import signal, time; [signal.signal(n, signal.SIG_IGN) for n in (1, 2, 3, 15)]; "
    "print('deaf', flush=True); time.sleep(300)"
)
# A classic daemon: forks twice, leaves the session, and closes what it inherited.
DAEMON = """
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        print("daemon", os.getpid(), flush=True)
        nothing = os.open("/dev/null", os.O_RDWR)
        for number in (0, 1, 2):
            os.dup2(nothing, number)
        time.sleep(300)
    os._exit(0)
os.wait()
time.sleep(300)
"""
# One of every kind that is hard to get rid of.
MENAGERIE = f"""
    start("sleeper", {SLEEPER!r})
    start("daemon", {DAEMON!r})
    start("stubborn", {STUBBORN!r})
    frozen = start("frozen", {SLEEPER!r})
    frozen.pause()
    while not all((keeper.scratch / f"{{n}}.out").read_text() for n in ("daemon", "stubborn")):
        time.sleep(0.01)
"""


def database() -> str:
    """Tool code that starts a PostgreSQL; tells the server's pid and its shared memory segment."""
    user = step_down_user()
    who = "None" if user is None else f"User({user.name!r}, {user.uid}, {user.gid})"
    programs = embedded_binaries()
    return f"""
    from twiceshy.stage.processes import User
    user, folder = {who}, keeper.scratch / "pg"
    folder.mkdir()
    if user:
        os.chown(folder, user.uid, user.gid)
    def order(program, *words):
        return ([str(Path({str(programs)!r}) / program), "-D", str(folder / "data"), *words])
    more = dict(env=environment([], {{}}), cwd=folder, user=user)
    code, printed = keeper.run("initdb", order("initdb", "--no-sync", "-A", "trust"),
                               timeout=60, **more)
    assert code == 0, printed
    server = keeper.start("postgres", order("postgres", "-k", str(folder), "-h", ""),
                          output=keeper.scratch / "log", stop_signal=signal.SIGQUIT, **more)
    while "ready to accept" not in server.tail():
        time.sleep(0.01)
    facts["server"] = server.pid
    facts["segment"] = (folder / "data" / "postmaster.pid").read_text().splitlines()[6].split()[1]
"""


def has_segment(number: str) -> bool:
    """Whether a System V shared memory segment exists."""
    lines = Path("/proc/sysvipc/shm").read_text().splitlines()[1:]
    return number in {line.split()[1] for line in lines}


def eventually(condition: Callable[[], Any], within: float = 10.0) -> Any:
    """What `condition` answers once it is true; fails after `within` seconds."""
    deadline = time.monotonic() + within
    while True:
        found = condition()
        if found:
            return found
        assert time.monotonic() < deadline, f"still not so after {within} s: {condition}"
        time.sleep(0.01)


def living(stage: str) -> list[psutil.Process]:
    """The processes that carry the mark of a stage and are no zombies."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            marked = process.environ().get("TWICESHY_STAGE") == stage
            if marked and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found


def gone(pid: int) -> bool:
    """Whether a process has ended, reaped or not."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


@contextmanager
def tool(body: str, account: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A separate process that keeps a stage with whatever `body` starts; what it told about it."""
    code = _TOOL.format(body=body, python=account["python"])
    process = subprocess.Popen(
        [account["python"], "-c", code],
        stdout=subprocess.PIPE,
        env=account["env"],
        cwd="/",
        **account["identity"],
    )
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        assert line, "the tool could not start its stage"
        yield {**json.loads(line), "process": process}
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def myself() -> dict[str, Any]:
    """The account that runs the tests."""
    return {"python": sys.executable, "env": dict(os.environ), "identity": {}}


def somebody_else() -> dict[str, Any] | None:
    """An account without a name and without rights; None when we cannot become one."""
    if os.geteuid() != 0:
        return None
    uid = 4242
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for python in (Path(sys.executable).resolve(), Path("/usr/bin") / version):
        if python.exists() and reachable_by(python, uid, uid):
            break
    else:
        return None
    source = Path(twiceshy.__file__).parents[1]
    packages = Path(psutil.__file__).parents[1]
    env = {
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": f"{source}:{packages}",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    return {
        "python": str(python),
        "env": env,
        "identity": {"user": uid, "group": uid, "extra_groups": []},
    }
