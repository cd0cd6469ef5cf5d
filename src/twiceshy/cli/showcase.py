"""The examples that come with the package: found, copied, played."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Generator, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import cast

import twiceshy
from twiceshy.cli.ahead import Ahead
from twiceshy.cli.listening import Closable, Listener, listen
from twiceshy.errors import UsageError, nearest
from twiceshy.model.events import Event, RunFinished
from twiceshy.model.verdict import Value, worst

WAITS = "taxes"
"""The example whose proof waits for load and faults most of its time."""

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


@contextmanager
def played(name: str) -> Iterator[Iterator[Event]]:
    """The proof of one example on a copy of it, which is gone afterwards."""
    from twiceshy.config.load import load_project
    from twiceshy.rehearsal import proof
    from twiceshy.reports import read_reports

    with copied(name) as copy:
        project = load_project(copy)
        reports = read_reports(project.root / project.reports)
        with closing(cast("Closable", proof.prove(project, reports))) as events:
            yield cast("Iterator[Event]", events)


@contextmanager
def all_played(names: Sequence[str]) -> Iterator[Iterator[tuple[str, Iterator[Event]]]]:
    """Each example with its proof; the one that mostly waits is played beside those before it."""
    with ExitStack() as stack:
        early = {
            name: stack.enter_context(Ahead(partial(played, name)))
            for name in names[1:]
            if name == WAITS
        }

        def each() -> Generator[tuple[str, Iterator[Event]], None, None]:
            for name in names:
                if name in early:
                    yield name, early[name].events()
                else:
                    with played(name) as events:
                        yield name, events

        with closing(each()) as proofs:
            yield proofs


def conclude(name: str, events: Iterator[Event], listeners: Sequence[Listener]) -> Shown:
    """Let them hear the proof of an example, and say what it came to."""
    clock = _Clock()
    outcome = listen(events, [clock, *listeners])
    today = [one.verdict.value for one in outcome.finished if not one.version]
    before = [one.verdict.value for one in outcome.finished if one.version]
    return Shown(name, worst(before), worst(today), round(clock.seconds, 2))


@dataclass
class _Clock:
    """How long a proof took, whenever it was told."""

    seconds: float = 0.0

    def hear(self, event: Event) -> None:
        if isinstance(event, RunFinished):
            self.seconds = event.seconds


@contextmanager
def copied(name: str) -> Iterator[Path]:
    """A copy of an example to play in: the installation may be read-only, and stays as it is."""
    unwanted = shutil.ignore_patterns(".twiceshy", "__pycache__", ".venv", ".pytest_cache")
    with tempfile.TemporaryDirectory(prefix="twiceshy-demo-", ignore_cleanup_errors=True) as temp:
        copy = Path(temp).resolve() / name
        shutil.copytree(folder() / name, copy, ignore=unwanted)
        yield copy
