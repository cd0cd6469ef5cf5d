from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
SHARED = PROJECT.parent / "shared"
CORPUS = SHARED / "corpus" / "reports"
SCORE = SHARED / "score" / "reports.py"


@pytest.mark.may_skip(
    "labels made by people belong to those who wrote the texts, not to the project"
)
@pytest.mark.skipif(not SCORE.is_file(), reason="labelled reports are not beside this project")
def test_labelled_reports_are_read_as_people_read_them():
    """Every share that is promised is reached on real reports that people have labelled."""
    command = Path(sys.executable).with_name("twiceshy")
    done = subprocess.run(
        [sys.executable, str(SCORE), str(command), str(CORPUS), "--verbose"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
