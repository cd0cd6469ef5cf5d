"""What `twiceshy run` rehearses when it is to compare with a commit."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest
import typer

from twiceshy.cli.running import chosen_reports
from twiceshy.config.project import Project, Service
from twiceshy.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

REPORT = """\
# Goals

```toml guard
kind = "contract"
requests = ["GET /goals"]
```
"""


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with one commit of a project."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "twiceshy.toml").write_text("", encoding="utf-8")
    who = ["-c", "user.name=A", "-c", "user.email=a@example.com"]
    for words in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-q", "-m", "start"]):
        subprocess.run(["git", *who, *words], cwd=tmp_path, check=True)
    return tmp_path


def project(root: Path, openapi: str | None = "api.yaml") -> Project:
    """The project."""
    service = Service(command="serve", openapi=openapi)
    return Project(root=root, file=root / "twiceshy.toml", service=service)


def test_without_any_report(root: Path) -> None:
    """The comparison is worth a run of its own; it wants something new, though."""
    with pytest.raises(typer.Exit):
        chosen_reports(project(root), [], "", "", "main")
    (root / "app.py").write_text("", encoding="utf-8")
    chosen = chosen_reports(project(root), [], "", "", "main")
    assert chosen.reports == (chosen.implied,)
    with pytest.raises(UsageError, match="no reports yet"):
        chosen_reports(project(root), [], "", "", "")


def test_beside_the_reports(root: Path) -> None:
    """Guards of all reports count as cover, those that are not rehearsed this time too."""
    (root / "postmortems").mkdir()
    for name in ("one", "two"):
        (root / "postmortems" / f"{name}.md").write_text(REPORT, encoding="utf-8")
    chosen = chosen_reports(project(root, None), ["one"], "", "", "main")
    assert [report.path.name for report in chosen.reports] == ["one.md", "twiceshy.toml"]
    assert len(chosen.named) == 2
    assert chosen.implied is not None
    assert chosen.implied.guards[0].table["requests"] == ["GET /goals"]


def test_no_commit(root: Path) -> None:
    """It is told before anything starts."""
    with pytest.raises(UsageError, match="git knows no commit"):
        chosen_reports(project(root), [], "", "", "mian")
