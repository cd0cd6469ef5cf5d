"""The guard `contract` on answers of unusual forms, and on what cannot be compared.

Never a `holds` that nothing stands behind. The answers are those of formats/service.py.
"""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
from pathlib import Path

import pytest

from acceptance.conftest import Notes
from acceptance.formats import service
from twiceshy.guards import confirming
from twiceshy.guards.contract import plan
from twiceshy.model.events import ReportBroken
from twiceshy.reports import read_report

FORMATS = Path(__file__).with_name("formats")
CONFIGURATION = """\
[database]
schema = ["formats/schema.sql"]
seed = ["formats/seed.sql"]

[service]
command = ["{python}", "formats/service.py", "--port", "{port}"]
setup = "sh build.sh"
ready = "GET /health"
timeout = 0.7
env = { DATABASE_URL = "{database_url}" }

[versions.before]
env = { VERSION = "before" }
"""
GUARD = """\
kind = "contract"
requests = %s
baseline = "%s"
missing = false"""


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """The small service in a repository; at the tag `unbuilt`, its set-up fails."""
    made = Notes(tmp_path_factory.mktemp("formats"))
    shutil.copytree(FORMATS, made.root / "formats", ignore=shutil.ignore_patterns("__pycache__"))
    (made.root / "twiceshy.toml").write_text(CONFIGURATION)
    git(made.root, "init", "-q")
    for tag, script in (("unbuilt", "echo there is no compiler; exit 1"), ("built", "exit 0")):
        (made.root / "build.sh").write_text(script)
        git(made.root, "add", ".")
        git(made.root, "commit", "-qm", tag)
        git(made.root, "tag", tag)
    return made


def git(root, *words):
    """A command of git's, by somebody."""
    somebody = ["-c", "user.name=Somebody", "-c", "user.email=somebody@example.com"]
    subprocess.run(["git", "-C", str(root), *somebody, *words], check=True)


@pytest.fixture(scope="module")
def compared(project):
    """Compares today's answers with those before; the stage is the same for all of them."""
    with pytest.MonkeyPatch.context() as patch, project.stage() as stage:
        patch.setattr(plan, "_SPREAD", 0.2)
        patch.setattr(confirming, "MOST_CONFIRMED", 99)

        def rehearse(*names, baseline="version:before", requests=None):
            asked = requests or json.dumps([f"GET /{name}" for name in names])
            path = project.write(names[0], GUARD % (asked, baseline))
            return project.rehearse_file(stage, path)

        yield rehearse


def test_odd_answers_that_are_the_same(compared):
    """Bytes, huge numbers, keys that stand twice: what did not change is not accused."""
    done = compared("items", *service.SAME)
    assert (done.value, done.why) == ("holds", "")


def test_odd_answers_that_changed(compared):
    """Each change is found, and told with what it was before and after."""
    done = compared("items", *service.CHANGED)
    assert done.value == "recurs", done.why
    found = {finding.request for finding in done.verdict.findings}
    assert found == {f"GET /{name}" for name in service.CHANGED}
    assert all(finding.before != finding.after for finding in done.verdict.findings)


def test_answers_that_nobody_can_look_into(compared):
    """Both versions answer alike, as far as one can tell, which is no reason to say `holds`."""
    done = compared(*service.UNSEEN)
    assert done.value == "unknown"
    named = {name for name in service.UNSEEN if f"GET /{name}: " in done.why}
    assert named == service.UNSEEN.keys()


def test_answers_that_nobody_can_look_into_any_more(compared):
    """They could before, so either they are told to have changed, or that nothing can be told."""
    done = compared(*service.UNSEEN_NOW)
    told = {finding.request.removeprefix("GET /") for finding in done.verdict.findings}
    told |= {name for name in service.UNSEEN_NOW if f"GET /{name}: " in done.why}
    assert told == service.UNSEEN_NOW.keys()


def test_brotli_is_read_or_it_is_said_that_it_cannot_be(compared):
    """Depending on what is installed."""
    done = compared("brotli", "brotli-now")
    told = {finding.request for finding in done.verdict.findings}
    assert len(told) == 2 or done.why.count("Brotli") == 2


def test_an_answer_that_changes_by_itself(compared):
    """A number now and a text then: noise in both versions, and no accusation."""
    assert compared("restless").value != "recurs"


def test_a_commit_of_the_same_answers(compared):
    """In a worktree of its own, after its own set-up, the service answers as it does here."""
    broken = {"invalid-utf8-now", "cut-short"}
    done = compared("items", *sorted(service.CHANGED.keys() - broken), baseline="git:built")
    assert (done.value, done.why) == ("holds", "")


def test_recorded_requests_with_binary_bodies(compared, project):
    """Requests are taken from recorded traffic, as far as they can be sent again."""
    content = {"mimeType": "image/png", "encoding": "base64", "size": 9}
    content["text"] = base64.b64encode(service.PNG).decode()
    sent = {"mimeType": "application/octet-stream", "text": "\x89PNG\x00\xff"}
    asked = [
        {"method": "GET", "url": "http://here/binary-now-text"},
        {"method": "POST", "url": "http://here/plain", "postData": sent},
    ]
    answer = {"status": 200, "content": content}
    entries = [{"request": each, "response": answer} for each in asked]
    text = json.dumps({"log": {"version": "1.2", "entries": entries}})
    (project.root / "traffic.har").write_text(text)
    done = compared("traffic", requests='"traffic.har"')
    assert done.value == "recurs", done.why
    assert {finding.request for finding in done.verdict.findings} == {"GET /binary-now-text"}
    (project.root / "torn.har").write_text(text[:100])
    done = compared("torn", requests='"torn.har"')
    assert done.value == "unknown"
    assert "torn.har" in done.why


@pytest.mark.parametrize(
    ("baseline", "why"),
    [
        ("git:no-such-branch", "no-such-branch cannot be checked out"),
        ("git:unbuilt", "there is no compiler"),
        ("no-such-file.contract", "no-such-file.contract"),
    ],
)
def test_baselines_that_are_not_there(compared, baseline, why):
    """It is said which, and nothing is claimed."""
    done = compared("plain", baseline=baseline)
    assert done.value == "unknown"
    assert why in done.why


def test_a_version_that_is_not_there(project):
    """The configuration names the versions that there are."""
    path = project.write("nowhere", GUARD % ('["GET /plain"]', "version:befor"))
    report = read_report(path)
    with project.stage() as stage:
        (event,) = stage.rehearse(report, report.guards[0])
    assert isinstance(event, ReportBroken)
    assert "befor" in str(event.problem)
    assert "before" in event.problem.todo


def test_a_description_that_is_none(project):
    """Nothing is sent, and the file is named."""
    (project.root / "openapi.json").write_text("{ this is no description")
    configuration = CONFIGURATION.replace("timeout = 0.7", 'timeout = 1\nopenapi = "openapi.json"')
    (project.root / "twiceshy.toml").write_text(configuration)
    path = project.write("all", GUARD % ('"all"', "version:before"))
    with project.stage() as stage:
        done = project.rehearse_file(stage, path)
    (project.root / "twiceshy.toml").write_text(CONFIGURATION)
    assert done.value == "unknown"
    assert "openapi.json" in done.why
