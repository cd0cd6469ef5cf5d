"""The same verdicts on a machine that has other things to do."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager

import pytest
from tests.integration.rehearsal.scripts import rehearsed
from tests.integration.rehearsal.shop import FAULTY, SAFE, SCHEMA

# A strong lock, held for a moment: what a busy machine might take for harm.
HOLDS = SAFE + "\nALTER TABLE products ADD COLUMN rank int;\n"


@contextmanager
def busy(processes: int):
    """Processes that take all the time that they can get."""
    hogs = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(processes)]
    try:
        yield
    finally:
        for hog in hogs:
            hog.kill()
            hog.wait()


def _flips(folder, runs: int) -> list[str]:
    scripts = {f"{number} blocks": FAULTY for number in range(runs)}
    scripts |= {f"{number} holds": HOLDS for number in range(runs)}
    with busy(1):
        found = rehearsed(folder, scripts, schema=SCHEMA)
    return [
        f"{name}: {conclusion.value}, {[finding.title for finding in conclusion.findings]}"
        for name, conclusion in found.items()
        if (conclusion.blocks, conclusion.value.value)
        != ((True, "recurs") if "blocks" in name else (False, "holds"))
    ]


@pytest.mark.timeout(600)
def test_no_verdict_flips_beside_a_busy_process(tmp_path):
    """Two runs of each."""
    assert _flips(tmp_path, 2) == []


@pytest.mark.soak
@pytest.mark.timeout(7200)
def test_no_verdict_flips_in_a_hundred_runs(tmp_path):
    """A hundred of each."""
    assert _flips(tmp_path, 100) == []
