"""Where recorded requests may be written, before any of them passes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from twiceshy.cli.proxied import record_requests
from twiceshy.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path


def test_a_file_that_exists(tmp_path: Path) -> None:
    """It may be another recording, so it is never overwritten."""
    file = tmp_path / "requests.har"
    file.write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match="not overwritten"):
        record_requests("http://127.0.0.1:9", file, 0, verbose=False)
    assert file.read_text(encoding="utf-8") == "mine"


def test_a_folder_that_does_not_exist(tmp_path: Path) -> None:
    """It is told now, not after an hour of recording."""
    with pytest.raises(UsageError, match="no such folder"):
        record_requests("http://127.0.0.1:9", tmp_path / "a" / "requests.har", 0, verbose=False)
