"""How a command ends: by its own exit code, an error for a person, an interruption, or a bug."""

from __future__ import annotations

import contextlib
import functools
import io
import os
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn, ParamSpec, TypeVar

import typer

from twiceshy.cli.exit_codes import ExitCode, of_error
from twiceshy.errors import TwiceshyError

P = ParamSpec("P")
R = TypeVar("R")


def prepare() -> None:
    """Before anything else: be stoppable with a clean-up, and write whatever the encoding lacks."""
    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), _stop)
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _interrupt)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _stop(number: int, _frame: object) -> NoReturn:
    """Unwind like Ctrl-C does, so that the stage is taken down."""
    raise SystemExit(128 + number)


def _interrupt(_number: int, _frame: object) -> NoReturn:
    """Take the stage down; asked again meanwhile, end at once and leave that to the keeper."""
    signal.signal(signal.SIGINT, lambda *_: os._exit(ExitCode.INTERRUPTED))
    raise KeyboardInterrupt


def ends_well(command: Callable[P, R]) -> Callable[P, R]:
    """The command, with every way out turned into words and an exit code."""

    @functools.wraps(command)
    def ended(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except TwiceshyError as error:
            from twiceshy.cli.consoles import tell

            tell(error)
            raise typer.Exit(of_error(error)) from None
        except KeyboardInterrupt:
            raise typer.Exit(ExitCode.INTERRUPTED) from None
        except BrokenPipeError:
            from twiceshy.cli.consoles import quiet_pipe

            quiet_pipe()
            raise typer.Exit(141) from None
        except typer.Exit:
            raise
        except Exception as error:  # noqa: BLE001 - a bug of ours must not look like a verdict
            _apologise(error)
            raise typer.Exit(ExitCode.CANNOT_TELL) from None

    return ended


def _apologise(error: Exception) -> None:
    from twiceshy.cli.consoles import tell

    log = _log(error)
    apology = TwiceshyError(
        "Sorry, twiceshy itself has failed; this is no verdict on your service",
        where=f"the details are in {log}" if log else "",
        seen=f"{type(error).__name__}: {error}",
        todo="Please report it with that file.",
    )
    tell(apology)
    if log is None:
        traceback.print_exception(error)


def _log(error: Exception) -> Path | None:
    """The traceback in a file: in the project's own folder if there is one, else among temps."""
    from twiceshy import __version__

    name = f"crash-{time.strftime('%Y%m%dT%H%M%S')}.log"
    words = [f"twiceshy {__version__}, Python {sys.version}\n{sys.argv}\n\n"]
    words += traceback.format_exception(error)
    for folder in (Path.cwd() / ".twiceshy", Path(tempfile.gettempdir())):
        if folder.is_dir():
            with contextlib.suppress(OSError):
                (folder / name).write_text("".join(words), encoding="utf-8", errors="replace")
                return folder / name
    return None
