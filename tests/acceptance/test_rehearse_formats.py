"""What `rehearse` writes for a pull request, and for a browser."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

COMMAND = Path(sys.executable).with_name("twiceshy")


@pytest.mark.parametrize(
    ("form", "begins"),
    [("markdown", "### ✅ Database scripts: would block nobody"), ("html", "<!doctype html>")],
)
def test_the_outcome_in_other_forms(tmp_path, form, begins):
    """Alone on standard output; what is being done is told on the other."""
    (tmp_path / "schema.sql").write_text("CREATE TABLE t (id int);", encoding="utf-8")
    (tmp_path / "new.sql").write_text("CREATE TABLE u (id int);", encoding="utf-8")
    done = subprocess.run(
        [COMMAND, "rehearse", "new.sql", "--schema", "schema.sql", "--format", form],
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(begins)
    assert "new.sql" in done.stdout
    assert "starting PostgreSQL" in done.stderr
