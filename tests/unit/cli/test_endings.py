from __future__ import annotations

import subprocess
import sys

import pytest
import typer

from twiceshy.cli.endings import ends_well
from twiceshy.errors import ConfigurationError, Location, ServiceFailed


def ended(error) -> int:
    """The exit code of a command that raises this."""

    @ends_well
    def command():
        raise error

    with pytest.raises(typer.Exit) as end:
        command()
    return end.value.exit_code


def test_an_error_is_told_by_its_anatomy(capsys, tmp_path, monkeypatch):
    """What happened, where (from here), what was seen, what to do: on standard error."""
    monkeypatch.chdir(tmp_path)
    error = ConfigurationError(
        "Unknown key", location=Location(tmp_path / "a.toml", 3), key="x", seen="x = 1", todo="y?"
    )
    assert ended(error) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines() == [
        "! Unknown key",
        "  where     a.toml:3, key x",
        "  seen      x = 1",
        "  to do     y?",
    ]


def test_what_could_not_be_found_out():
    """Its own exit code."""
    assert ended(ServiceFailed("down")) == 3


def test_an_interruption():
    """As the shell expects of Ctrl-C."""
    assert ended(KeyboardInterrupt()) == 130


def test_a_bug_of_ours(capsys, tmp_path, monkeypatch):
    """A short apology, the details in a file, and no code that could pass for a verdict."""
    (tmp_path / ".twiceshy").mkdir()
    monkeypatch.chdir(tmp_path)
    assert ended(ZeroDivisionError("by zero")) == 3
    _, err = capsys.readouterr()
    assert "Traceback" not in err
    assert "ZeroDivisionError: by zero" in err
    (log,) = (tmp_path / ".twiceshy").glob("crash-*.log")
    assert f".twiceshy/{log.name}" in err
    assert "Traceback" in log.read_text()


def test_an_exit_code_passes():
    """A command's own end is not touched."""
    assert ended(typer.Exit(1)) == 1


def test_a_second_interruption_ends_at_once():
    """The first one cleans up; whoever asks again gets no traceback, and the same exit code."""
    code = (
        "import signal, os\n"
        "from twiceshy.cli.endings import ends_well, prepare\n"
        "@ends_well\n"
        "def command():\n"
        "    try:\n"
        "        os.kill(os.getpid(), signal.SIGINT)\n"
        "    finally:\n"
        "        print('cleaning up', flush=True)\n"
        "        os.kill(os.getpid(), signal.SIGINT)\n"
        "        print('never', flush=True)\n"
        "prepare()\n"
        "command()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, "cleaning up\n", "")
