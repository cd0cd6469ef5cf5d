"""The examples that come with the package: found, copied, played."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import twiceshy
from twiceshy.cli.listening import Listener, listen
from twiceshy.errors import UsageError, nearest
from twiceshy.model.verdict import Value, worst

IMPORTS = (
    "fastapi",
    "flask",
    "hdrh",
    "httptools",
    "nats",
    "procrastinate",
    "psycopg_pool",
    "sqlalchemy",
    "uvicorn",
    "waitress",
)
"""What the examples' services import, and what puts load on them: the extra `examples`."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What one example came to on both of its versions."""

    example: str
    faulty: Value
    fixed: Value
    seconds: float

    @property
    def as_it_should(self) -> bool:
        """Whether the failure recurs where it was, and only there."""
        return self.faulty is Value.RECURS and self.fixed is Value.HOLDS


def folder() -> Path:
    """Where the examples are: inside the installed package, or beside it in a checkout."""
    package = Path(twiceshy.__file__).parent
    inside = package / "examples"
    return inside if inside.is_dir() else package.parents[1] / "examples"


def chosen(names: Sequence[str]) -> tuple[str, ...]:
    """Names of examples, checked; all of them when none is given. Raises UsageError."""
    known = sorted(path.parent.name for path in folder().glob("*/twiceshy.toml"))
    if not known:
        raise UsageError(
            "This installation came without its examples",
            where=str(folder()),
            todo="Install twiceshy again, from its wheel or from a checkout.",
        )
    for name in names:
        if name not in known:
            like = nearest(name, known)
            raise UsageError(
                f"There is no example {name}",
                seen=f"examples: {', '.join(known)}",
                todo=f"Did you mean {like}?" if like else "",
            )
    missing = [module for module in IMPORTS if find_spec(module) is None]
    if missing:
        raise UsageError(
            "The examples' services need packages that are not installed",
            seen=f"missing: {', '.join(missing)}",
            todo='Install them with: pip install "twiceshy[examples]"',
        )
    return tuple(dict.fromkeys(names)) or tuple(known)


def prove_example(name: str, listeners: Sequence[Listener]) -> Shown:
    """Prove one example on a copy of it, which is gone afterwards."""
    from twiceshy.config.load import load_project
    from twiceshy.rehearsal import proof
    from twiceshy.reports import read_reports

    begun = time.monotonic()
    with copied(name) as copy:
        project = load_project(copy)
        reports = read_reports(project.root / project.reports)
        outcome = listen(proof.prove(project, reports), listeners)
    today = [one.verdict.value for one in outcome.finished if not one.version]
    before = [one.verdict.value for one in outcome.finished if one.version]
    return Shown(name, worst(before), worst(today), round(time.monotonic() - begun, 2))


@contextmanager
def copied(name: str) -> Iterator[Path]:
    """A copy of an example to play in: the installation may be read-only, and stays as it is."""
    unwanted = shutil.ignore_patterns(".twiceshy", "__pycache__", ".venv", ".pytest_cache")
    with tempfile.TemporaryDirectory(prefix="twiceshy-demo-", ignore_cleanup_errors=True) as temp:
        copy = Path(temp).resolve() / name
        shutil.copytree(folder() / name, copy, ignore=unwanted)
        yield copy
