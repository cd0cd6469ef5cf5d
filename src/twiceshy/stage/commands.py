"""A user's command line: split into words, shown again, and told about when it fails."""

from __future__ import annotations

import shlex
import shutil
import signal
from typing import TYPE_CHECKING, overload

from twiceshy.config.placeholders import fill
from twiceshy.errors import ServiceFailed, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_SHELL_SYNTAX = frozenset("|&;<>$`*\n")
_SHELL_WORDS = frozenset({".", "cd", "eval", "exec", "export", "set", "source", "ulimit", "umask"})


@overload
def filled(command: str, values: Mapping[str, str]) -> str: ...
@overload
def filled(command: str | list[str], values: Mapping[str, str]) -> str | list[str]: ...
def filled(command: str | list[str], values: Mapping[str, str]) -> str | list[str]:
    """The command with its placeholders replaced; in a text each value stays one word."""
    if isinstance(command, str):
        return fill(command, {key: shlex.quote(value) for key, value in values.items()})
    return [fill(part, values) for part in command]


def words_of(command: str | Sequence[str]) -> list[str]:
    """The words to execute, with /bin/sh in front where the command needs a shell."""
    if not isinstance(command, str):
        words = list(command)
    else:
        try:
            words = shlex.split(command)
        except ValueError as error:
            raise UsageError(
                "A command cannot be split into words",
                where=command,
                seen=str(error),
                todo="close the quotation mark, or write the command as a list of words",
            ) from None
        if _SHELL_SYNTAX & set(command) or (
            words and (words[0] in _SHELL_WORDS or "=" in words[0])
        ):
            return ["/bin/sh", "-c", command]
    if not words:
        raise UsageError("A command is empty", todo="name the program to run")
    return words


def ended(code: int) -> str:
    """How a process ended, for people."""
    if code >= 0:
        return f"exit status {code}"
    try:
        return f"ended by {signal.Signals(-code).name}"
    except ValueError:
        return f"ended by signal {-code}"


def shown(argv: Sequence[str]) -> str:
    """The command line as a person would type it."""
    return argv[2] if argv[:2] == ["/bin/sh", "-c"] else shlex.join(argv)


def not_started(
    name: str, argv: Sequence[str], cwd: Path, answer: Mapping[str, str]
) -> ServiceFailed:
    """Why the keeper could not start a command, and what to do about it."""
    missing = answer["failed"] == "exec" and shutil.which(argv[0]) is None
    if missing and "/" not in argv[0]:
        seen = f"there is no program {argv[0]} on the PATH"
        todo = "install it, or name it with its full path"
    else:
        acts = {"exec": f"executing {argv[0]}", "cwd": f"entering {cwd}"}
        seen = f"{acts.get(answer['failed'], answer['failed'])}: {answer['says']}"
        todo = "check the command, its folder, and the rights on both"
    return ServiceFailed(f"{name} could not be started", where=shown(argv), seen=seen, todo=todo)
