"""Projects around the small service of services/, and stages on which it is rehearsed."""

from __future__ import annotations

import json
import shutil
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from data_folders import DataFolders
from twiceshy.config.load import load_project
from twiceshy.model.events import GuardFinished, ReportBroken, StageProgress
from twiceshy.rehearsal.conduct import Rehearsals
from twiceshy.reports import read_report

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from twiceshy.model.events import Event
    from twiceshy.model.verdict import Verdict

SERVICES = Path(__file__).with_name("services")

_CONFIGURATION = """\
[database]
schema = ["services/schema.sql"]
seed = ["services/seed.sql"]

[service]
command = {command}
ready = "GET /health"
ready_within = {ready_within}
timeout = {timeout}

[service.env]
DATABASE_URL = "{{database_url}}"
SCRATCH = "{{scratch}}"
{env}

[actors.ana]
row = "users.id = 1"
headers = {{ X-User = "1" }}

[actors.ben]
row = "users.id = 2"
headers = {{ X-User = "2" }}
{more}
"""

_REPORT = """\
# {title}

```toml guard
{guard}
```
"""

_ISOLATION = """\
kind = "isolation"
as = "ana"
against = "ben"
requests = {requests}"""


@dataclass
class Notes:
    """A project in a folder of its own, with the service of services/ and reports as asked for."""

    root: Path

    def configure(
        self,
        habit: str = "none",
        *,
        env: dict[str, str] | None = None,
        more: str = "",
        ready_within: float = 30,
        timeout: float = 2,
    ) -> Notes:
        """Write twiceshy.toml; `habit` is what the process as a whole does."""
        command = ["{python}", "services/notes.py", "--port", "{port}", "--habit", habit]
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(SERVICES, self.root / "services", ignore=ignored)
        text = _CONFIGURATION.format(
            command=json.dumps(command),
            env="\n".join(f"{name} = {json.dumps(value)}" for name, value in (env or {}).items()),
            more=more,
            ready_within=ready_within,
            timeout=timeout,
        )
        (self.root / "twiceshy.toml").write_text(text)
        return self

    def report(self, habit: str, requests: Sequence[str] = ()) -> Path:
        """Write a report whose guard asks for notes, answered as `habit` does."""
        asked = requests or (f"GET /{habit}/notes", f"GET /{habit}/notes/{{note_id}}")
        guard = _ISOLATION.format(requests=json.dumps(list(asked)))
        return self.write(habit.replace("+", "-"), guard)

    def write(self, name: str, guard: str) -> Path:
        """Write a report with one guard."""
        folder = self.root / "postmortems"
        folder.mkdir(exist_ok=True)
        path = folder / f"{name}.md"
        path.write_text(_REPORT.format(title=name, guard=guard))
        return path

    def stage(self) -> Rehearsals:
        """A stage of this project; it goes up with the first guard."""
        return Rehearsals(load_project(self.root))

    def rehearse(
        self,
        stage: Rehearsals,
        habit: str = "plainly",
        requests: Sequence[str] = (),
        listen: Callable[[Event], None] = lambda _: None,
    ) -> Rehearsed:
        """Rehearse one guard; `listen` hears every event."""
        return self.rehearse_file(stage, self.report(habit, requests), listen)

    def rehearse_file(
        self, stage: Rehearsals, path: Path, listen: Callable[[Event], None] = lambda _: None
    ) -> Rehearsed:
        """Rehearse the guard of one report."""
        report = read_report(path)
        told: list[str] = []
        finished: list[Verdict] = []
        with closing(stage.rehearse(report, report.guards[0])) as events:
            for event in events:
                assert not isinstance(event, ReportBroken), event
                listen(event)
                if isinstance(event, StageProgress):
                    told.append(event.says)
                if isinstance(event, GuardFinished):
                    finished.append(event.verdict)
        print(finished[0])
        return Rehearsed(finished[0], told)


@dataclass(frozen=True)
class Rehearsed:
    """What came of one guard, and what the stage told meanwhile."""

    verdict: Verdict
    told: list[str]

    @property
    def value(self) -> str:
        """`holds`, `recurs` or `unknown`."""
        return self.verdict.value.value

    @property
    def why(self) -> str:
        """All reasons as one text."""
        return "\n".join(self.verdict.reasons)

    @property
    def rules(self) -> set[str]:
        """The rules of all findings."""
        return {finding.rule for finding in self.verdict.findings}

    @property
    def notes(self) -> str:
        """All notes of the scope as one text."""
        return "\n".join(self.verdict.scope.notes)


@pytest.fixture(scope="session")
def data_folders(tmp_path_factory: pytest.TempPathFactory) -> DataFolders:
    """What initdb does is tested where servers are; here it is done once."""
    return DataFolders(tmp_path_factory.mktemp("data"))


@pytest.fixture(autouse=True)
def quick_servers(data_folders: DataFolders) -> Iterator[None]:
    """For servers of this test alone."""
    with data_folders.copied():
        yield


@pytest.fixture
def notes(tmp_path: Path) -> Notes:
    """An empty project around the small service."""
    return Notes(tmp_path)


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Rehearsed]]:
    """Rehearses a habit of single requests; the stage is the same for all of them."""
    project = Notes(tmp_path_factory.mktemp("notes")).configure(timeout=0.7)
    with project.stage() as stage:
        yield lambda *words, **more: project.rehearse(stage, *words, **more)
