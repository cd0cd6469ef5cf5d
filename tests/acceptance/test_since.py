"""`twiceshy run --since`: operations that come and go, and what a report allows of it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[2] / "examples" / "preferences"
TWICESHY = str(Path(sys.executable).with_name("twiceshy"))
NEWER = """\
@preferences.get("/newer")
def newer() -> dict[str, Any]:
    return {"new": 1}


"""
ALLOWED = """\
# Nobody wants the budget

```toml guard
kind = "contract"
baseline = "git:main"
as = "ana"
missing = false
requests = ["GET /providers"]
allow = [{ request = "GET /budget", reason = "nobody asked for it in a year" }]
```
"""


@pytest.fixture
def root(tmp_path):
    """A branch on which one operation of the example is gone and another one is new."""
    root = tmp_path / "preferences"
    ignored = shutil.ignore_patterns("__pycache__", ".twiceshy", "postmortems", "before", "faulty")
    shutil.copytree(EXAMPLE, root, ignore=ignored)
    toml = (root / "twiceshy.toml").read_text()
    (root / "twiceshy.toml").write_text(toml.partition("# The service of the day before")[0])
    git(root, "init", "-q", "-b", "main")
    git(root, "add", ".")
    git(root, "commit", "-qm", "start")
    git(root, "checkout", "-qb", "work")
    api = root / "preferences" / "api.py"
    head, _, rest = api.read_text().partition('@preferences.get("/budget")')
    _, mark, tail = rest.partition("@tweaks.patch(")
    api.write_text(head + NEWER + mark + tail)
    git(root, "commit", "-qam", "Drop the budget")
    return root


def git(root, *words):
    """A command of git's, by somebody."""
    somebody = ["-c", "user.name=Somebody", "-c", "user.email=somebody@example.com"]
    subprocess.run(["git", "-C", str(root), *somebody, *words], check=True, capture_output=True)


def since(root):
    """The exit code, the document, and what went to standard error."""
    command = [TWICESHY, "run", "--since", "main", "--format", "json"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    print(done.stdout, done.stderr)
    return done.returncode, json.loads(done.stdout)


@pytest.mark.soak
def test_operations_come_and_go(root):
    """What is gone fails until a report allows it; what is new is listed until a guard names it."""
    code, told = since(root)
    (report,) = told["reports"]
    (guard,) = report["guards"]
    assert code == 1
    assert [finding["request"] for finding in guard["findings"]] == ["GET /budget"]
    assert [row[1] for row in guard["findings"][0]["exhibits"][-1]["rows"]] == ["Drop the budget"]
    new = {"request": "GET /newer", "why": "it is new, so there is nothing to compare it with"}
    assert told["uncovered"] == [new]
    (root / "postmortems").mkdir()
    file = root / "postmortems" / "budget.md"
    file.write_text(ALLOWED.replace('["GET /providers"]', '["GET /providers", "GET /newer"]'))
    code, told = since(root)
    verdicts = {report["id"][:5]: report["guards"][0]["verdict"] for report in told["reports"]}
    # The guard itself cannot compare what is new; the comparison of everything can say so.
    assert (verdicts["since"], told["uncovered"]) == ("holds", [])
    file.write_text(ALLOWED)
    code, told = since(root)
    assert (code, told["verdict"], told["uncovered"]) == (0, "holds", [new])
