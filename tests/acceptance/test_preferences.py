"""The guard `contract` on the example `preferences`, also with an object store and MariaDB."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path

import pytest

from twiceshy.config.load import load_project
from twiceshy.guards.contract import plan
from twiceshy.model.events import GuardFinished
from twiceshy.rehearsal import conduct
from twiceshy.rehearsal.conduct import Rehearsals
from twiceshy.reports import read_report, read_reports

EXAMPLE = Path(__file__).parents[2] / "examples" / "preferences"
OBJECTS = """
[process.s3]
command = ["{python}", "-m", "moto.server", "-H", "127.0.0.1", "-p", "{port}"]
ready = "tcp"

[storage.objects]
env = { STORAGE_URL = "s3+http://key:secret@127.0.0.1:{s3.port}/preferences" }
migrate = "{python} -m preferences.migrate --with db/first.json"
processes = ["s3"]
"""
MARIADB = """
[process.mariadb]
command = "{python} -m preferences.mariadb --port {port} --data {scratch}/mariadb"
ready = "tcp"

[storage.mariadb]
env = { STORAGE_URL = "mariadb://root@127.0.0.1:{mariadb.port}/preferences" }
migrate = "{python} -m preferences.migrate --with db/first.json"
processes = ["mariadb"]
"""
REPORT = """\
# Kept elsewhere

```toml guard
kind = "contract"
as = "ana"
storage = ["{name}"]
missing = false
requests = [
  {{ request = "PUT /preferences/azure", json = {{ region = "a", settings = {{ a = 1 }} }} }},
  {{ request = "PATCH /preferences/aws", json = {{ name = "replicas", value = 5 }} }},
  "GET /preferences",
  "GET /preferences/gcp/download",
  "GET /budget",
  "GET /providers",
  "DELETE /preferences/gcp",
]
```
"""


@pytest.mark.parametrize(
    ("name", "config"),
    [("objects", OBJECTS), ("mariadb", MARIADB)],
    ids=["objects", "mariadb"],
)
def test_another_storage(name, config, tmp_path, monkeypatch):
    """It keeps what PostgreSQL keeps, and gives it back in the same form."""
    monkeypatch.setattr(plan, "_SPREAD", 0.2)
    ignored = shutil.ignore_patterns("__pycache__", ".twiceshy")
    root = shutil.copytree(EXAMPLE, tmp_path / "preferences", ignore=ignored)
    with (root / "twiceshy.toml").open("a") as file:
        file.write(config)
    path = root / "storage.md"
    path.write_text(REPORT.format(name=name))
    report = read_report(path)
    with (
        Rehearsals(load_project(root)) as stage,
        closing(stage.rehearse(report, report.guards[0])) as events,
    ):
        (finished,) = [event for event in events if isinstance(event, GuardFinished)]
    assert finished.verdict.reasons == ()
    assert finished.verdict.value == "holds"
    assert any(name in tried for tried in finished.verdict.scope.tried)


def test_that_night():
    """All three comparisons find it, and tell the place in the body, before and after."""
    project = load_project(EXAMPLE)
    reports = read_reports(EXAMPLE / project.reports)
    events = list(conduct.run(project, reports, version="faulty"))
    verdicts = [event.verdict for event in events if isinstance(event, GuardFinished)]
    assert {verdict.value for verdict in verdicts} == {"recurs"}
    told = {
        (finding.rule, finding.request, finding.where, finding.before.partition(":")[0])
        for verdict in verdicts
        for finding in verdict.findings
    }
    aws, file = "/preferences/aws", "/preferences/aws/download"
    assert ("differs-between-versions", f"PUT {aws}", "$.settings", "object") in told
    assert ("differs-by-storage", f"PATCH {aws}", "$.settings", "text (json)") in told
    assert {where for rule, *_, where, _ in told if rule == "breaks-without-data"} == {"status"}
    assert ("breaks-without-data", "GET /budget", "status", "200") in told
    assert any(request.startswith(f"GET {file}") for _, request, *_ in told)
    assert all(finding.after for verdict in verdicts for finding in verdict.findings)
