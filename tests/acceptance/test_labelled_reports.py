from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from twiceshy.cli.app import app

PROJECT = Path(__file__).parents[2]
SHARED = PROJECT.parent / "shared"
CORPUS = SHARED / "corpus" / "reports"
SCORE = SHARED / "score" / "reports.py"


def stand_in(folder: Path) -> Path:
    """A command that prints what `twiceshy import` prints of a text; one process has read all."""
    runner = CliRunner()
    for text in sorted(CORPUS.glob("*/*.md")):
        read = folder / text.relative_to(CORPUS)
        read.parent.mkdir(exist_ok=True)
        read.write_bytes(runner.invoke(app, ["import", str(text), "--format", "json"]).stdout_bytes)
    command = folder / "twiceshy"
    command.write_text(f'#!/bin/sh\nexec cat "{folder}/${{2#{CORPUS}/}}"\n')
    command.chmod(0o755)
    return command


@pytest.mark.may_skip(
    "labels made by people belong to those who wrote the texts, not to the project"
)
@pytest.mark.skipif(not SCORE.is_file(), reason="labelled reports are not beside this project")
def test_labelled_reports_are_read_as_people_read_them(tmp_path):
    """Every share that is promised is reached on real reports that people have labelled."""
    done = subprocess.run(
        [sys.executable, str(SCORE), str(stand_in(tmp_path)), str(CORPUS), "--verbose"],
        capture_output=True,
        text=True,
        check=False,
    )
    print(done.stdout)
    assert done.returncode == 0, done.stdout
