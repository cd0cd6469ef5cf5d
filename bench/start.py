"""Starting a scratch server, against the wheel's own way and against PostgreSQL's own commands."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from measure import Row, against, timed

from twiceshy.stage import binaries
from twiceshy.stage.processes import Keeper, free_port, step_down_user
from twiceshy.stage.server import Server

if TYPE_CHECKING:
    from collections.abc import Iterator

TIMES = 5
BUDGET = 1.5


def rows() -> Iterator[Row]:
    """Each measurement as one row of the table."""
    ours = timed(ours_once, TIMES)
    peer = timed(by_hand_once, TIMES)
    what = "scratch server from nothing to an answer, and gone again; peer: initdb + pg_ctl"
    yield against(what, ours, peer, f"≤ {BUDGET} s", met=ours.median <= BUDGET)


def ours_once() -> None:
    """Keeper, initdb, start, first answer, stop, everything removed."""
    with Keeper() as keeper:
        server = Server(keeper, binaries.embedded(), keeper.scratch / "pg")
        server.start()
        server.connect("postgres").close()
        server.stop()


def by_hand_once() -> None:
    """What the manual tells to type, with the same programs and without fsync."""
    user = step_down_user()
    folder = Path(tempfile.mkdtemp(prefix="by-hand-"))
    programs = binaries.embedded()
    if user:
        programs = programs.copied_to(folder)
        folder.chmod(0o755)
        (folder / "data").mkdir()
        os.chown(folder / "data", user.uid, user.gid)
    data = str(folder / "data")
    start = f"-F -k {data} -p {free_port()} -c listen_addresses="

    def run(name: str, *arguments: str) -> None:
        subprocess.run(
            [str(programs.bin / name), "-D", data, *arguments],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=data if user else folder,
            **({"user": user.uid, "group": user.gid, "extra_groups": []} if user else {}),
        )

    try:
        run("initdb", "-U", "postgres", "-A", "trust", "--no-sync")
        run("pg_ctl", "-w", "-o", start, "-l", f"{data}/log", "start")
        run("pg_ctl", "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
