"""Load from processes of their own, which are killed or whose parent is."""

from __future__ import annotations

import json
import os
import signal
import socketserver
import subprocess
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import psutil
import pytest

from integration.stage.living import eventually
from twiceshy.errors import CannotTell, UsageError
from twiceshy.guards.conservation.account import reconcile
from twiceshy.model.ledger import Intent
from twiceshy.model.load import Burst, Constant, InTurn, LoadPlan
from twiceshy.model.scenario import RequestTemplate
from twiceshy.traffic.load.fleet import Fleet
from twiceshy.traffic.load.ledger import Ledger
from twiceshy.traffic.load.run import run

if TYPE_CHECKING:
    from collections.abc import Iterator

PAYMENT = RequestTemplate(
    "POST", "/payments", json={"key": "{key}", "amount": "{amount}"}, has_json=True
)
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Till(socketserver.ThreadingTCPServer):
    """A service that remembers every payment that it was told of."""

    daemon_threads = True

    def __init__(self) -> None:
        """Listen at a free port."""
        self.payments: list[tuple[str, int]] = []
        super().__init__(("127.0.0.1", 0), Hand)


class Hand(socketserver.StreamRequestHandler):
    """Takes payments from one connection."""

    server: Till

    def handle(self) -> None:
        """Each is recorded, then acknowledged."""
        while self.rfile.readline():
            length = 0
            while line := self.rfile.readline().strip():
                name, _, value = line.partition(b":")
                length = int(value) if name == b"Content-Length" else length
            told = json.loads(self.rfile.read(length))
            self.server.payments.append((told["key"], told["amount"]))
            self.wfile.write(OK)


@contextmanager
def till() -> Iterator[Till]:
    """A service in a thread."""
    with Till() as serving:
        thread = threading.Thread(target=serving.serve_forever, args=(0.01,))
        thread.start()
        yield serving
        serving.shutdown()
        thread.join()


def plan(port: int, **more) -> LoadPlan:
    """Two hundred payments a second for half a second."""
    given = {"arrivals": Constant(200, 0.5), "amounts": (1, 9), **more}
    return LoadPlan("127.0.0.1", port, PAYMENT, **given)


def children() -> set[psutil.Process]:
    """Our child processes; other tests' browsers and servers may be among them."""
    return set(psutil.Process().children())


def test_several_processes_send_one_schedule(tmp_path):
    """Each its share, so that together they send what one would have sent, and all is accounted."""
    with till() as serving:
        with Fleet(plan(serving.server_address[1], processes=2), tmp_path / "two") as fleet:
            fleet.start()
            done = fleet.wait()
        alone = run(plan(serving.server_address[1]), tmp_path / "one.ledger")
    half = len(serving.payments) // 2
    assert (done.planned, done.acked) == (alone.planned, alone.acked) == (100, 100)
    assert sorted(serving.payments[:half]) == sorted(serving.payments[half:])
    ledger = Ledger(tmp_path / "two")
    assert [head["share"] for head in ledger.heads] == [[0, 2], [1, 2]]
    assert [head["zero"] for head in ledger.heads] == [fleet.zero, fleet.zero]
    assert reconcile(ledger, serving.payments[:half]).balanced


def test_arrivals_can_be_stopped_from_outside(tmp_path):
    """The run ends at once, and properly."""
    long = InTurn((Constant(200, 0.1), Constant(1, 3000)))
    with (
        till() as serving,
        Fleet(plan(serving.server_address[1], arrivals=long), tmp_path) as fleet,
    ):
        fleet.start()
        eventually(lambda: fleet.progress.sent >= 20, within=20)
        assert not fleet.done
        fleet.stop()
        done = fleet.wait()
    assert done.cancelled == done.planned - done.sent
    assert done.in_flight == 0
    assert Ledger(tmp_path).ends[0].closed


def test_what_a_killed_process_sent_is_in_its_ledger(tmp_path):
    """Whatever the service received was intended before, also by the last instruction."""
    endless = Constant(2000, 60)
    before = children()
    with (
        till() as serving,
        Fleet(plan(serving.server_address[1], arrivals=endless), tmp_path) as fleet,
    ):
        (worker,) = children() - before
        fleet.start()
        eventually(lambda: len(serving.payments) > 100, within=20)
        worker.kill()
        with pytest.raises(CannotTell, match="ended with status -9"):
            fleet.wait()
    ledger = Ledger(tmp_path)
    account = reconcile(ledger, serving.payments)
    assert account.balanced
    assert account.rows > 100
    (end,) = ledger.ends
    assert (end.closed, end.ignored) == (False, 0)


PARENT = """
import sys
from pathlib import Path
from twiceshy.model.load import Constant, LoadPlan
from twiceshy.model.scenario import RequestTemplate
from twiceshy.traffic.load.fleet import Fleet
port, folder = int(sys.argv[1]), Path(sys.argv[2])
request = RequestTemplate("POST", "/p", json={"key": "{key}", "amount": "{amount}"}, has_json=True)
with Fleet(LoadPlan("127.0.0.1", port, request, Constant(200, 600)), folder) as fleet:
    fleet.start()
    fleet.wait()
"""


def test_no_process_survives_its_parent(tmp_path):
    """When the tool is killed, nothing goes on sending."""
    with till() as serving:
        words = [sys.executable, "-c", PARENT, str(serving.server_address[1]), str(tmp_path)]
        with subprocess.Popen(words) as parent:
            eventually(lambda: serving.payments, within=20)
            (worker,) = psutil.Process(parent.pid).children()
            os.kill(parent.pid, signal.SIGKILL)
            worker.wait(timeout=20)
    assert [entry for entry in Ledger(tmp_path) if isinstance(entry, Intent)]


def test_a_plan_that_cannot_be_sent_is_told(tmp_path):
    """As the process told it, and no process is left."""
    head = LoadPlan("127.0.0.1", 1, RequestTemplate("HEAD", "/"), Burst(1))
    before = children()
    with pytest.raises(UsageError) as told, Fleet(head, tmp_path):
        pass
    assert "Load is sent with GET" in str(told.value)
    assert "Choose one of these" in str(told.value) or "Did you mean" in str(told.value)
    assert not children() - before


def test_a_plan_that_cannot_leave_the_process_is_told(tmp_path):
    """Before any process is started."""
    local = plan(1, accepted=lambda status, body: True)
    with pytest.raises(UsageError, match="cannot be told what an accepted answer is"):
        Fleet(local, tmp_path).__enter__()


@pytest.mark.soak
@pytest.mark.parametrize("moment", range(40))
def test_whatever_the_moment_of_the_kill_the_account_balances(moment, tmp_path):
    """At 5,000 a second in two processes, after so many payments that the moment is any."""
    endless = {"arrivals": Constant(5000, 60), "processes": 2}
    before = children()
    with till() as serving, Fleet(plan(serving.server_address[1], **endless), tmp_path) as fleet:
        workers = children() - before
        fleet.start()
        eventually(lambda: len(serving.payments) > 37 * moment, within=20)
        for worker in workers:
            worker.kill()
            worker.wait()
        received = list(serving.payments)
    assert reconcile(Ledger(tmp_path), received).balanced


def test_a_ledger_that_exists_is_left_alone(tmp_path):
    """A second run into the same folder is refused."""
    with till() as serving:
        port = serving.server_address[1]
        run(plan(port, arrivals=Burst(1)), tmp_path / "0.ledger")
        with (
            pytest.raises(UsageError, match="There is a ledger already"),
            Fleet(plan(port), tmp_path),
        ):
            pass
    assert len(serving.payments) == 1
