from __future__ import annotations

import io

import pytest
from rich.console import Console

from twiceshy.cli.consoles import is_live


@pytest.mark.parametrize(
    ("terminal", "ci", "term", "live"),
    [
        (True, "", "xterm", True),
        (True, "true", "xterm", False),
        (True, "", "dumb", False),
        (False, "", "xterm", False),
    ],
)
def test_a_moving_picture_needs_somebody_to_watch(monkeypatch, terminal, ci, term, live):
    """Not in a build, not in a pipe, not where the cursor cannot move."""
    monkeypatch.setenv("CI", ci)
    monkeypatch.setenv("TERM", term)
    assert is_live(Console(file=io.StringIO(), force_terminal=terminal)) is live
