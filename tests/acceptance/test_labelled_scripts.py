from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
SHARED = PROJECT.parent / "shared"
CORPUS = SHARED / "corpus" / "locks"
SCORE = SHARED / "score" / "locks.py"


@pytest.mark.soak
@pytest.mark.timeout(0)
@pytest.mark.may_skip(
    "labels made by people belong to those who wrote the texts, not to the project"
)
@pytest.mark.skipif(not SCORE.is_file(), reason="labelled scripts are not beside this project")
def test_labelled_scripts_are_told_apart():
    """What blocks, queues, breaks or fails is told from what does not, as it was measured."""
    command = Path(sys.executable).with_name("twiceshy")
    done = subprocess.run(
        [sys.executable, str(SCORE), str(command), str(CORPUS)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
