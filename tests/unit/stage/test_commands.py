from __future__ import annotations

from pathlib import Path

import pytest

from twiceshy.errors import UsageError
from twiceshy.stage.commands import ended, not_started, shown, words_of


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("gunicorn shop:app --bind 127.0.0.1:15001", ["gunicorn", "shop:app", "--bind"]),
        ("python 'my app.py'", ["python", "my app.py"]),
        (["a b", "$c"], ["a b", "$c"]),
        ("curl http://127.0.0.1/?a=1", ["curl", "http://127.0.0.1/?a=1"]),
    ],
)
def test_plain_commands_are_split_into_words(command, words):
    """No shell stands between us and the program, so signals reach it."""
    assert words_of(command)[: len(words)] == words


@pytest.mark.parametrize(
    "command",
    ["a | b", "a && b", "a; b", "a > b", "a < b", "echo $A", "echo `a`", "ls *", "A=1 b", "cd a"],
)
def test_shell_syntax_goes_to_a_shell(command):
    """What only a shell understands is given to one, unchanged."""
    assert words_of(command) == ["/bin/sh", "-c", command]


@pytest.mark.parametrize("command", ["", "   ", [], "echo 'open"])
def test_what_is_no_command_is_refused(command):
    """Empty commands and open quotes are the user's to mend."""
    with pytest.raises(UsageError):
        words_of(command)


def test_a_command_is_shown_as_it_was_written():
    """A command line for a shell is shown without the shell."""
    assert shown(words_of("a | b")) == "a | b"
    assert shown(["a b", "c"]) == "'a b' c"


@pytest.mark.parametrize(
    ("code", "says"),
    [(0, "exit status 0"), (3, "exit status 3"), (-9, "ended by SIGKILL"), (-99, "by signal 99")],
)
def test_an_end_is_put_into_words(code, says):
    """Signals are called by their names."""
    assert ended(code).endswith(says)


def test_a_missing_interpreter_is_no_missing_program(tmp_path):
    """A script that exists, whose first line names a program that does not."""
    script = tmp_path / "run"
    script.write_text("#!/no/such/python\n")
    script.chmod(0o755)

    error = not_started(
        "service",
        [str(script)],
        Path("/"),
        {"failed": "exec", "says": "No such file or directory"},
    )

    assert error.seen == f"executing {script}: No such file or directory"
