"""The installed command, as people and builds call it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

TWICESHY = str(Path(sys.executable).with_name("twiceshy"))

EXAMPLES = Path(__file__).parents[2] / "examples"
COMMANDS = ["init", "run", "prove", "rehearse", "actions", "log", "site", "demo", "new", "import"]
COMMANDS += ["reports", "reconcile", "doctor", "schema", "catalogue"]
OF_REPORTS = ["new", "lint", "search", "similar", "stats"]

REPORT = """\
+++
title = "{title}"
date = 2026-03-14
+++

## Summary

```toml guard
kind = "command"
run = "{command}"
```
"""


def call(*words, cwd, env=None, timeout=120) -> subprocess.CompletedProcess:
    """The command, without colours and with nobody watching."""
    settings = {"NO_COLOR": "1", "COLUMNS": "80", **(env or {})}
    return subprocess.run(
        [TWICESHY, *words],
        cwd=cwd,
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


class Folder:
    """A project whose guards are commands: they need neither database nor service."""

    def __init__(self, path: Path):
        self.path = path
        (path / "postmortems").mkdir()
        (path / "twiceshy.toml").write_text('reports = "postmortems"\n[versions.faulty]\n')

    def report(self, name, command, title="What happened"):
        file = self.path / "postmortems" / f"{name}.md"
        file.write_text(REPORT.format(title=title, command=command))
        return file

    def call(self, *words, **options):
        return call(*words, cwd=self.path, **options)


@pytest.fixture
def project(tmp_path):
    """A project without a report."""
    return Folder(tmp_path)


def test_help_is_quick(tmp_path):
    """0.3 s for the menu, in processor time: the machine may be busy with other things."""
    fastest = float("inf")
    for _ in range(8):
        before = os.times()
        assert call("--help", cwd=tmp_path).returncode == 0
        after = os.times()
        spent = after.children_user + after.children_system
        fastest = min(fastest, spent - before.children_user - before.children_system)
    assert fastest <= 0.3


def test_help_imports_nothing_heavy(tmp_path):
    """What makes the menu quick: no engine, no driver, no data model."""
    script = (
        "import sys; sys.argv = ['twiceshy', '--help']\n"
        "from twiceshy.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = ('psycopg', 'pydantic', 'pglast', 'yaml', 'psutil', 'sqlite3',\n"
        "         'twiceshy.rehearsal', 'twiceshy.guards', 'twiceshy.stage', 'twiceshy.config')\n"
        "print([name for name in heavy if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stderr.strip() == "[]"


def test_the_menu(tmp_path):
    """Every command, in the order of everyday use, and the exit codes."""
    text = call("--help", cwd=tmp_path).stdout
    places = [text.index(f"│ {name} ") for name in COMMANDS]
    assert places == sorted(places)
    assert "1 something recurs" in text


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_has_examples(tmp_path, command):
    """Help ends with lines to try."""
    done = call(command, "--help", cwd=tmp_path)
    assert done.returncode == 0
    assert f"twiceshy {command}" in done.stdout.partition("Examples")[2]


@pytest.mark.parametrize("command", OF_REPORTS)
def test_each_command_of_reports_has_examples(tmp_path, command):
    """The group's menu names each, and its help ends with lines to try."""
    assert f"│ {command} " in call("reports", "--help", cwd=tmp_path).stdout
    done = call("reports", command, "--help", cwd=tmp_path)
    assert done.returncode == 0
    assert "twiceshy " in done.stdout.partition("Examples")[2]


def test_no_command_shows_the_menu(tmp_path):
    """Who types the bare name wants to know what there is."""
    assert "Everyday" in call(cwd=tmp_path).stdout


def test_version(tmp_path):
    """Name and version, as the package says it."""
    from twiceshy import __version__

    assert call("--version", cwd=tmp_path).stdout == f"twiceshy {__version__}\n"


def test_python_m(tmp_path):
    """The module is the command."""
    done = subprocess.run(
        [sys.executable, "-m", "twiceshy", "--version"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith("twiceshy ")


def test_shell_completion(tmp_path):
    """The shell completes commands."""
    env = {"_TWICESHY_COMPLETE": "complete_bash", "COMP_WORDS": "twiceshy pr", "COMP_CWORD": "1"}
    assert "prove" in call(cwd=tmp_path, env=env).stdout


def test_a_mistyped_command(tmp_path):
    """The nearest one is named."""
    done = call("porve", cwd=tmp_path)
    assert done.returncode == 2
    assert "prove" in done.stderr


def test_all_hold(project):
    """0, one line a guard, and the archive has it."""
    project.report("one", "true", title="Deposits of others")
    done = project.call("run")
    assert done.returncode == 0, done
    assert "✓ holds    Deposits of others · command" in done.stdout
    assert done.stderr == ""
    from twiceshy.archive.archive import Archive

    with Archive.open(project.path) as archive:
        assert [run.guards for run in archive.runs()] == [1]


def test_something_recurs(project):
    """1, and what was found is told."""
    project.report("one", "true")
    project.report("two", "sh -c 'echo it is back; exit 7'")
    done = project.call("run")
    assert done.returncode == 1
    assert "✗ recurs" in done.stdout
    assert "it is back" in done.stdout
    assert "1 recurs · 1 holds" in done.stdout


def test_could_not_tell(project):
    """3, unless that is allowed."""
    project.report("one", "no-such-command-anywhere")
    done = project.call("run")
    assert done.returncode == 3
    assert "could not tell, because" in done.stdout
    assert project.call("run", "--allow-unknown").returncode == 0


def test_a_broken_report_does_not_stop_the_others(project):
    """2 if nothing is worse; the problem names file, line and key."""
    project.report("one", "true")
    broken = project.report("two", "true")
    broken.write_text(broken.read_text().replace("run =", "rnu ="))
    done = project.call("run")
    assert done.returncode == 2
    assert "✓ holds" in done.stdout
    assert "postmortems/two.md:10" in done.stdout
    assert "run" in done.stdout
    project.report("three", "false")
    assert project.call("run").returncode == 1


def test_some_reports_only(project):
    """By name, or by a text."""
    project.report("one", "true")
    project.report("two", "false", title="Sign-ups refused")
    assert project.call("run", "one").returncode == 0
    assert project.call("run", "-k", "sign-ups").returncode == 1
    done = project.call("run", "tow")
    assert done.returncode == 2
    assert "Did you mean two?" in done.stderr
    assert project.call("run", "-k", "nothing like this").returncode == 2


def test_no_reports(project):
    """A plain message and 2, not a quiet success."""
    done = project.call("run")
    assert done.returncode == 2
    assert "There are no reports yet" in done.stderr
    assert "twiceshy new" in done.stderr


def test_reports_without_guards(project):
    """Nothing was rehearsed, so nothing holds."""
    (project.path / "postmortems" / "a.md").write_text("# Only words\n")
    done = project.call("run")
    assert done.returncode == 2
    assert "nothing to rehearse" in done.stderr


def test_no_project(tmp_path):
    """Where there is no configuration, the way to one is shown."""
    done = call("run", cwd=tmp_path)
    assert done.returncode == 2
    assert "twiceshy init" in done.stderr


def test_a_wrong_configuration(project):
    """File, line, key and the nearest valid key."""
    (project.path / "twiceshy.toml").write_text('reprots = "x"\n')
    done = project.call("run")
    assert done.returncode == 2
    assert "twiceshy.toml:1" in done.stderr
    assert "reports" in done.stderr


def test_a_configuration_by_name(project, tmp_path):
    """From anywhere, with --config."""
    project.report("one", "true")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    file = str(project.path / "twiceshy.toml")
    assert call("--config", file, "run", cwd=elsewhere).returncode == 0


def test_json(project):
    """A document on standard output that fits its schema, and the same in files beside it."""
    from twiceshy.render.machine_schema import Run

    project.report("one", "true", title="Depósitos")
    project.report("two", "false")
    files = ("--junit", "junit.xml", "--markdown", "comment.md", "--html", "page.html")
    done = project.call("run", "--format", "json", *files)
    assert done.returncode == 1
    for name, says in (
        ("junit.xml", 'failures="1"'),
        ("comment.md", "1 recurs"),
        ("page.html", "✗"),
    ):
        assert says in (project.path / name).read_text("utf-8")
    document = json.loads(done.stdout)
    assert Run.model_validate(document).model_dump() == document
    assert document["verdict"] == "recurs"
    assert [report["path"] for report in document["reports"]] == [
        "postmortems/one.md",
        "postmortems/two.md",
    ]
    assert "Depósitos" in done.stdout


def test_json_in_a_terminal_that_knows_no_unicode(project):
    """The document is UTF-8 all the same."""
    project.report("one", "true", title="Depósitos ✓")
    env = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "LC_ALL": "C"}
    assert "Depósitos ✓" in project.call("run", "--format", "json", env=env).stdout
    done = project.call("run", env=env)
    assert done.returncode == 0
    assert "+ holds" in done.stdout


def test_schemas(tmp_path):
    """Each prints JSON."""
    for subject in ("config", "guard", "run", "report"):
        assert "$schema" in json.loads(call("schema", subject, cwd=tmp_path).stdout)
    assert call("schema", "nonsense", cwd=tmp_path).returncode == 2


def test_a_new_report(project):
    """Its path is printed; the report reads, and runs."""
    done = project.call("new", "What broke", "--kind", "command", "--date", "2026-03-14")
    assert done.returncode == 0
    assert done.stdout == "postmortems/2026-03-14-what-broke.md\n"
    assert (project.path / done.stdout.strip()).is_file()
    again = project.call("new", "What broke", "--date", "2026-03-14")
    assert again.returncode == 2
    assert "exists already" in again.stderr


def test_a_proof(project):
    """0 when the failed version recurs and today's holds."""
    guard = "test -e mended"
    report = project.report("one", guard)
    report.write_text(report.read_text().replace("```toml guard", "```toml guard"))
    done = project.call("prove")
    # The command says the same on both versions, so it proves nothing.
    assert done.returncode == 1
    assert "not proven" in done.stdout


def test_an_archive_that_fails_does_not_change_the_verdict(project):
    """The exit code is that of the run; the trouble is told beside it."""
    project.report("one", "true")
    (project.path / ".twiceshy").write_text("in the way")
    done = project.call("run")
    assert done.returncode == 0
    assert "archive of past runs cannot be used" in done.stderr
    (project.path / ".twiceshy").unlink()
    (project.path / ".twiceshy").mkdir()
    (project.path / ".twiceshy" / "archive.sqlite3").write_bytes(b"junk" * 1000)
    done = project.call("run")
    assert done.returncode == 0
    assert "a new one is begun" in done.stderr


def test_a_reader_that_goes_away(project):
    """`twiceshy run | head -1` ends without a traceback, and not as if something recurred."""
    for number in range(40):
        project.report(f"r{number}", "false")
    with subprocess.Popen(
        [TWICESHY, "run"], cwd=project.path, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as running:
        running.stdout.readline()
        running.stdout.close()
        assert running.wait(timeout=120) == 141
        assert b"Traceback" not in running.stderr.read()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interruption_leaves_nothing_behind(project, number, code):
    """Ctrl-C ends the command that a guard runs, too."""
    sign = project.path / "running"
    project.report("one", f"sh -c 'echo $$ > {sign}; exec sleep 300'")
    with subprocess.Popen(
        [TWICESHY, "run"], cwd=project.path, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as running:
        child = int(_content(sign))
        running.send_signal(number)
        assert running.wait(timeout=60) == code
        assert b"Traceback" not in running.stderr.read()
    _until(lambda: not Path(f"/proc/{child}").exists() or not _exists(child))


def _content(file: Path) -> str:
    _until(lambda: file.exists() and file.read_text().strip())
    return file.read_text()


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _until(condition, seconds=30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "this did not happen in time"
        time.sleep(0.02)


@pytest.fixture
def service(tmp_path):
    """A service with its schema, as somebody has it who never heard of twiceshy."""
    for name in ("db", "deposits", "openapi.yaml"):
        source = EXAMPLES / "deposits" / name
        if source.is_dir():
            shutil.copytree(source, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, tmp_path)
    return tmp_path


def test_a_first_configuration(service):
    """It is written, tried, and told what was found; a second one is refused."""
    done = call("init", cwd=service)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "schema = " in (service / "twiceshy.toml").read_text()
    assert "✓ ok       starting the service" in done.stdout
    assert "It works." in done.stdout
    again = call("init", cwd=service)
    assert again.returncode == 2
    assert "configured already" in again.stderr


def test_a_first_configuration_can_be_looked_at(service):
    """Nothing is written or started."""
    done = call("init", "--print", cwd=service)
    assert done.returncode == 0
    assert "[service]" in done.stdout
    assert not (service / "twiceshy.toml").exists()


def test_the_doctor_names_what_is_missing(service):
    """What was seen and what to do; the exit code says that a run could not tell."""
    text = call("init", "--print", cwd=service).stdout
    broken = text.replace("-m deposits", "-m no_such_module")
    (service / "twiceshy.toml").write_text(broken)
    done = call("doctor", cwd=service)
    assert done.returncode == 3
    assert "✗ missing  starting the service" in done.stdout
    assert "no_such_module" in done.stdout
    assert "to do" in done.stdout


def test_demo(tmp_path):
    """Both verdicts of an example, from anywhere, with nothing written beside the package."""
    done = call("demo", "signup", "--format", "json", cwd=tmp_path, timeout=280)
    assert done.returncode == 0, done.stderr
    shown = json.loads(done.stdout)
    assert [one["example"] for one in shown] == ["signup"]
    for one in shown:
        assert list(one) == ["example", "faulty", "fixed", "seconds"]
        assert (one["faulty"], one["fixed"]) == ("recurs", "holds")
    assert list(tmp_path.iterdir()) == []


def test_demo_of_an_unknown_example(tmp_path):
    """2, with the nearest name."""
    done = call("demo", "deposit", cwd=tmp_path)
    assert done.returncode == 2
    assert "Did you mean deposits?" in done.stderr


def test_demo_for_people(tmp_path):
    """What was found on the faulty version, both verdicts, and what to do next."""
    done = call("demo", "signup", cwd=tmp_path, timeout=280)
    assert done.returncode == 0, done.stderr
    assert "data      guest_purchases.buyer_document" in done.stdout
    assert "signup   ✗ recurs    ✓ holds" in done.stdout
    assert "twiceshy init" in done.stdout
    assert all(
        len(line) <= 80 for line in done.stdout.splitlines() if not line.startswith("  curl ")
    )
