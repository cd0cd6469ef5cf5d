"""Guards as test items, in real pytest runs of small projects."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

REPORT = """\
+++
title = "{title}"
+++

## Guard

```toml guard
kind = "command"
run = "{command}"
```
"""


class Folder:
    """A project of which pytest is run; its guards are commands, which need no database."""

    def __init__(self, pytester: pytest.Pytester):
        self.pytester = pytester
        self.path = pytester.path
        (self.path / "postmortems").mkdir()
        (self.path / "twiceshy.toml").write_text('reports = "postmortems"\n[versions.faulty]\n')

    def report(self, name: str, command: str, title: str = "What happened") -> Path:
        file = self.path / "postmortems" / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(REPORT.format(title=title, command=command))
        return file

    def run(self, *words: str) -> pytest.RunResult:
        # A process of its own: plugins and options of this run must not reach the other.
        return self.pytester.runpytest_subprocess("-p", "no:randomly", *words, timeout=240)


@pytest.fixture
def project(pytester, monkeypatch):
    """A project without a report."""
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    return Folder(pytester)


def test_guards_are_items(project):
    """Named by file, kind and line; reports of another folder are none."""
    project.report("2020-09-22.md", "true")
    project.report("payments/refused.markdown", "true")
    (project.path / "README.md").write_text("# Not a report\n```toml guard\nkind = 1\n```\n")
    result = project.run("--collect-only", "-q")
    result.stdout.fnmatch_lines_random(
        ["postmortems/2020-09-22.md::command:7", "postmortems/payments/refused.markdown::command:7"]
    )
    assert "README" not in result.stdout.str()


def test_verdicts_are_outcomes(project):
    """Holds passes; recurs fails with the findings as text and no traceback."""
    project.report("one.md", "true")
    project.report("two.md", "sh -c 'echo it is back; exit 7'", title="Deposits of others")
    result = project.run("-v")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        [
            "*one.md::command:7 PASSED*",
            "*two.md::command:7 FAILED*",
            "recurs: *",
            "*Deposits of others*",
            "*postmortems/two.md:7*command",
            "*it is back*",
        ]
    )
    result.stdout.no_fnmatch_line("*Traceback*")
    result.stdout.no_fnmatch_line("*pytest_plugin.py*")


def test_unknown_fails_unless_it_is_allowed(project):
    """With its reasons; where it is allowed, it is skipped and never passes."""
    project.report("one.md", "no-such-command-anywhere")
    result = project.run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*could not tell, because*"])
    (project.path / "pytest.ini").write_text("[pytest]\ntwiceshy_allow_unknown = true\n")
    result = project.run("-rs")
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["*unknown: *no-such-command-anywhere*"])


def test_a_broken_report_fails_and_the_others_run(project):
    """Its problem is an item of its own: file, line and key."""
    project.report("one.md", "true")
    project.report("two.md", "true").write_text("+++\ntitle = \n+++\n")
    broken = project.report("three.md", "true")
    broken.write_text(broken.read_text().replace("run =", "rnu ="))
    result = project.run()
    result.assert_outcomes(passed=1, failed=2)
    result.stdout.fnmatch_lines_random(["*two.md:2*", "*three.md:9*", "*run*"])


def test_a_broken_configuration_is_told_once(project):
    """Nobody can know what is a report, so the run is not green."""
    (project.path / "twiceshy.toml").write_text('reprots = "x"\n')
    project.report("one.md", "true")
    project.report("two.md", "true")
    result = project.run()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*twiceshy.toml:1*"])


def test_it_can_be_switched_off(project):
    """By an option."""
    project.report("one.md", "false")
    assert project.run("--no-twiceshy").ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_another_version(project):
    """An unknown version is told with the nearest known one, without a traceback."""
    project.report("one.md", "true")
    project.run("--twiceshy-version", "faulty").assert_outcomes(passed=1)
    result = project.run("--twiceshy-version", "fautly")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*faulty*"])
    result.stdout.no_fnmatch_line("*Traceback*")


def test_no_project_no_items(pytester):
    """Markdown files of other projects are none of its business."""
    (pytester.path / "a.md").write_text("# A\n```toml guard\nkind = 'command'\n```\n")
    result = pytester.runpytest_subprocess("-p", "no:randomly")
    assert result.ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_other_tests_run_beside_guards(project):
    """The plugin is a guest in somebody's test run."""
    project.report("one.md", "true")
    (project.path / "test_it.py").write_text("def test_it(): pass\n")
    project.run().assert_outcomes(passed=2)
    project.run("-k", "command").assert_outcomes(passed=1, deselected=1)
    project.run("postmortems/one.md").assert_outcomes(passed=1)


def test_with_workers(project):
    """Two workers share the guards, and the archive has one run."""
    from twiceshy.archive.archive import Archive

    for number in range(6):
        project.report(f"r{number}.md", "true" if number else "false")
    result = project.run("-n", "2")
    result.assert_outcomes(passed=5, failed=1)
    with Archive.open(project.path) as archive:
        assert [(run.guards, run.recurs) for run in archive.runs()] == [(6, 1)]


def test_a_worker_that_is_killed_leaves_nothing_behind(project):
    """Its stage dies with it; the run tells that a worker crashed."""
    sign, worker = project.path / "sign", project.path / "worker"
    project.report("one.md", f"sh -c 'echo $$ > {sign}; exec sleep 300'")
    (project.path / "conftest.py").write_text(
        "import os\n"
        "def pytest_sessionstart(session):\n"
        "    if hasattr(session.config, 'workerinput'):\n"
        f"        open({str(worker)!r}, 'a').write(f'{{os.getpid()}}\\n')\n"
    )
    words = ["-m", "pytest", "-n", "1", "--max-worker-restart", "0", "-p", "no:randomly"]
    with subprocess.Popen(
        [sys.executable, *words], cwd=project.path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as running:
        _until(lambda: sign.exists() and sign.read_text().strip())
        child = int(sign.read_text())
        os.kill(int(worker.read_text().split()[0]), signal.SIGKILL)
        said, _ = running.communicate(timeout=60)
    assert b"crashed" in said
    _until(lambda: not _runs(child))


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _until(condition, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "this did not happen in time"
        time.sleep(0.02)


def test_loading_it_is_light(tmp_path):
    """Every pytest run pays for what a plugin imports: no driver, no HTTP client, no drawing."""
    (tmp_path / "test_it.py").write_text(
        "import sys\n"
        "heavy = {'psycopg', 'psycopg_binary', 'http.client', 'httpx', 'requests', 'urllib3',\n"
        "         'rich', 'typer', 'pydantic', 'pglast', 'markdown_it', 'twiceshy.config',\n"
        "         'twiceshy.rehearsal', 'twiceshy.render', 'twiceshy.reports', 'twiceshy.model'}\n"
        "def test_it(request):\n"
        "    assert request.config.pluginmanager.has_plugin('twiceshy')\n"
        "    assert heavy & set(sys.modules) == set()\n"
    )
    (tmp_path / "README.md").write_text("# A Markdown file, but no project\n")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "twiceshy"],
        cwd=tmp_path,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


EXAMPLES = Path(__file__).parents[2] / "examples"


def test_a_real_service(pytester, monkeypatch):
    """On the version that failed, the leak is the test's failure text."""
    import shutil

    monkeypatch.setenv("COLUMNS", "100")
    ignore = shutil.ignore_patterns("__pycache__", ".twiceshy", "tests")
    shutil.copytree(EXAMPLES / "deposits", pytester.path, dirs_exist_ok=True, ignore=ignore)
    run = pytester.runpytest_subprocess("--twiceshy-version", "faulty", timeout=240)
    run.assert_outcomes(failed=1)
    run.stdout.fnmatch_lines(["*whose     ben*", "*curl -i *$SERVICE/goals*"])
