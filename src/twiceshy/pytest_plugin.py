"""The pytest plugin: guards of reports are test items.

Every pytest run that finds the plugin loads this module, also in projects without a report. So it
imports nothing of ours, no database driver and no drawing, before there is a report to collect.
"""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any, cast

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path
    from typing import Protocol

    from _pytest._code import ExceptionInfo
    from _pytest._code.code import TerminalRepr

    from twiceshy.archive.recorder import Recorder
    from twiceshy.config.project import Project
    from twiceshy.errors import TwiceshyError
    from twiceshy.model.events import Event, GuardFinished
    from twiceshy.model.report import GuardBlock, Report
    from twiceshy.rehearsal.conduct import Rehearsals

    class _Closable(Protocol):
        """A generator of events: closing it ends the rehearsal."""

        def __iter__(self) -> Iterator[Event]: ...
        def close(self) -> None: ...


SUFFIXES = frozenset({".md", ".markdown"})
WIDTH = 80


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options of the command line and of the ini file."""
    group = parser.getgroup("twiceshy", "guards of postmortems (twiceshy)")
    group.addoption(
        "--no-twiceshy",
        action="store_true",
        help="Do not collect the guards of reports.",
    )
    group.addoption(
        "--twiceshy-version",
        default="",
        metavar="NAME",
        help="Rehearse this version of twiceshy's configuration, not the working tree.",
    )
    parser.addini(
        "twiceshy_allow_unknown",
        type="bool",
        default=False,
        help="Skip a guard that reached no verdict, instead of failing it.",
    )


def pytest_configure(config: pytest.Config) -> None:
    """One stage for a session, made by the first guard that needs it."""
    config.stash[SESSION] = Guards(config)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """A report inside the project's folder of reports."""
    if file_path.suffix.lower() not in SUFFIXES or parent.config.getoption("--no-twiceshy"):
        return None
    guards = parent.config.stash[SESSION]
    if not guards.concerns(file_path):
        return None
    file: pytest.Collector = ReportFile.from_parent(parent, path=file_path)
    return file


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Take the stage down, in every worker."""
    session.config.stash[SESSION].close()


class Guards:
    """What the guards of one session share: the project, its stage, the archive of past runs."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._looked = False
        self._rehearsals: Rehearsals | None = None
        self._recorder: Recorder | None = None
        self.project: Project | None = None
        self.problem: TwiceshyError | None = None

    def concerns(self, file: Path) -> bool:
        """Whether the file is a report, or the first sign of a configuration that is broken."""
        if not self._looked:
            self._looked = True
            self._look()
            if self.problem:
                return True
        if self.project is None:
            return False
        folder = self.project.root / self.project.reports
        inside = file.relative_to(folder).parts if file.is_relative_to(folder) else ()
        return bool(inside) and not any(part.startswith(".") for part in inside)

    def rehearse(self, report: Report, guard: GuardBlock) -> Iterator[Event]:
        """Play one guard on the session's stage."""
        from twiceshy.archive.recorder import Recorder
        from twiceshy.config.versions import check_version
        from twiceshy.rehearsal.conduct import Rehearsals

        if self.project is None:  # pragma: no cover - an item is only made for a project
            return
        if self._rehearsals is None:
            version = self._config.getoption("--twiceshy-version")
            check_version(self.project, version)
            self._rehearsals = Rehearsals(self.project, version)
            self._rehearsals.__enter__()
            # Workers of one session share its name, so that they are one run in the archive.
            worker = getattr(self._config, "workerinput", {})
            self._recorder = Recorder(self.project.root, worker.get("testrunuid", ""))
        with closing(cast("_Closable", self._rehearsals.rehearse(report, guard))) as events:
            for event in events:
                if self._recorder:
                    self._recorder.hear(event)
                yield event

    def close(self) -> None:
        """Stop the stage, if one was made."""
        if self._rehearsals is not None:
            self._rehearsals.__exit__(None, None, None)
            self._rehearsals = None
        if self._recorder is not None:
            self._recorder.__exit__(None, None, None)
            self._recorder = None

    def _look(self) -> None:
        root = self._config.rootpath
        if not any(_may_be_configured(folder) for folder in (root, *root.parents)):
            return
        from twiceshy.config.load import find_file, load_project
        from twiceshy.errors import ConfigurationError

        try:
            find_file(root)
        except ConfigurationError:
            return
        try:
            self.project = load_project(root)
        except ConfigurationError as problem:
            self.problem = problem


def _may_be_configured(folder: Path) -> bool:
    """A cheap first look; the configuration's own loader has the last word."""
    if (folder / "twiceshy.toml").is_file():
        return True
    try:
        return b"twiceshy" in (folder / "pyproject.toml").read_bytes()
    except OSError:
        return False


SESSION = pytest.StashKey[Guards]()


class ReportFile(pytest.File):
    """One report."""

    def collect(self) -> Iterable[pytest.Item]:
        """Its guards, and its problems as items that fail."""
        from twiceshy.reports import read_report

        problem = self.config.stash[SESSION].problem
        if problem:
            raise self.CollectError(str(problem))
        report = read_report(self.path)
        for found in report.problems:
            line = found.location.line if found.location else 0
            yield ProblemItem.from_parent(self, name=f"problem:{line}", problem=found)
        for guard in report.guards:
            name = f"{guard.kind}:{guard.location.line}"
            yield GuardItem.from_parent(self, name=name, report=report, guard=guard)


class Told(Exception):  # noqa: N818 - carries a text to pytest, and is no error of ours
    """A failure with its text for people."""


class _Item(pytest.Item):
    """An item whose failure is its own text, without a traceback through this tool."""

    line = 0

    def repr_failure(
        self, excinfo: ExceptionInfo[BaseException], *args: Any, **kwargs: Any
    ) -> str | TerminalRepr:
        """The text, or for a bug of ours what pytest would show."""
        from twiceshy.errors import TwiceshyError

        if isinstance(excinfo.value, (Told, TwiceshyError)):
            return str(excinfo.value)
        return super().repr_failure(excinfo, *args, **kwargs)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Where it stands in the report; pytest counts lines from 0."""
        return self.path, max(0, self.line - 1), self.name


class ProblemItem(_Item):
    """A part of a report that could not be read: it fails, the others run."""

    def __init__(self, *, problem: TwiceshyError, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._problem = problem
        location = getattr(problem, "location", None)
        self.line = location.line if location else 0

    def runtest(self) -> None:
        """Fail with what is wrong."""
        raise Told(str(self._problem))


class GuardItem(_Item):
    """One guard."""

    def __init__(self, *, report: Report, guard: GuardBlock, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._report = report
        self._guard = guard
        self.line = guard.location.line

    def runtest(self) -> None:
        """Rehearse it: `recurs` fails, and so does `unknown`, which is skipped where allowed."""
        from twiceshy.model.events import GuardFinished, ReportBroken

        guards = self.config.stash[SESSION]
        with closing(cast("_Closable", guards.rehearse(self._report, self._guard))) as events:
            for event in events:
                if isinstance(event, ReportBroken):
                    raise Told(str(event.problem))
                if isinstance(event, GuardFinished):
                    self._conclude(event)

    def _conclude(self, finished: GuardFinished) -> None:
        from twiceshy.model.verdict import Value
        from twiceshy.render.details import as_text

        value = finished.verdict.value
        self.user_properties.append(("twiceshy_verdict", value.value))
        if value is Value.HOLDS:
            return
        if value is Value.UNKNOWN and self.config.getini("twiceshy_allow_unknown"):
            # At the item's own place: the line of this file says nothing to anybody.
            raise pytest.skip.Exception(_brief(finished), _use_item_location=True)
        text = as_text(finished, WIDTH, self.config.rootpath)
        raise Told(f"{_brief(finished)}\n\n{text}")


def _brief(finished: GuardFinished) -> str:
    """One line for pytest's summary: the verdict, and the first thing that led to it."""
    verdict = finished.verdict
    because = [finding.title for finding in verdict.findings] or verdict.reasons
    first = " ".join(because[0].split()) if because else "no verdict was reached"
    return f"{verdict.value.value}: {first}"
