"""Records the requests that pass a proxy, until Ctrl-C."""

from __future__ import annotations

import signal
from contextlib import suppress
from pathlib import Path

from twiceshy.cli.consoles import err, say
from twiceshy.errors import CannotTell, UsageError
from twiceshy.traffic.archived import Passed


def record_requests(target: str, file: Path, port: int, *, verbose: bool) -> None:
    """Pass requests on to `target` until Ctrl-C, then write them into the new `file`.

    Raises UsageError for a file that exists or a folder that does not, before anything passes;
    CannotTell when nothing did.
    """
    from twiceshy import __version__
    from twiceshy.library.writing import put_file
    from twiceshy.render.machine import as_json
    from twiceshy.traffic.archived import archive
    from twiceshy.traffic.recorder import Recorder

    _check_place(file)
    console = err()
    with Recorder(target, port) as recorder:
        if verbose:
            recorder.told = lambda one: say(console, f"{one.status} {one.method} {one.path}")
        with suppress(KeyboardInterrupt):
            _end_by_signal()
            says = f"Send your requests to {recorder.url}; Ctrl-C ends the recording."
            say(console, says)
            while True:
                signal.pause()
    passed = recorder.passed
    if not passed:
        raise CannotTell(
            "No request passed the proxy, so nothing is written",
            where=recorder.url,
            todo="point your client at that address next time",
        )
    put_file(file, (as_json(archive(passed, f"twiceshy {__version__}")) + "\n").encode())
    for line in _told(passed, file, recorder.left_out):
        say(console, line)


def _check_place(file: Path) -> None:
    if file.exists():
        raise UsageError(
            "There is a file of that name, which is not overwritten",
            where=str(file),
            todo="name another one, or remove it",
        )
    if not file.absolute().parent.is_dir():
        raise UsageError("There is no such folder", where=str(file.absolute().parent))


def _end_by_signal() -> None:
    """Whoever asks us to end, there is something to write.

    SIGINT too: a shell starts programs in the background with it ignored.
    """
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)


def _told(passed: list[Passed], file: Path, left_out: int) -> list[str]:
    names = dict.fromkeys(f"{one.method} {one.path}" for one in passed)
    count = "1 request" if len(passed) == 1 else f"{len(passed)} requests"
    fewer = f", {len(names)} by method and path," if len(names) < len(passed) else ""
    lines = [f"{count}{fewer} written to {file}"]
    if left_out:
        lines.append(f"{left_out} more came, which is too many to keep")
    return lines
