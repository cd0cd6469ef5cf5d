"""Each fault beneath real load, and the account afterwards. Long, and so only in the soak."""

from __future__ import annotations

import time

import pytest

from integration.stage.faults.conftest import over
from integration.stage.living import eventually
from twiceshy.guards.conservation.account import reconcile
from twiceshy.model.ledger import Outcome
from twiceshy.model.load import Constant, LoadPlan, Retry
from twiceshy.model.scenario import RequestTemplate
from twiceshy.model.strain import Fault
from twiceshy.stage.faults.sorts import SORTS
from twiceshy.traffic.load.fleet import Fleet
from twiceshy.traffic.load.ledger import Ledger

ARRIVALS = Constant(rate=200.0, seconds=2.5)
RECORDED = "SELECT key, 1 FROM payments"


def fault_of(name, how):
    """A fault of that name, at a point of the protocol or at a moment that a seed draws."""
    sudden = name in {"kill service", "terminate backends", "refuse"}
    target = {"kill process": "worker", "lock": "payments"}.get(name, "")
    lasts = 0.0 if name == "drop answers" else 0.4
    point = "outstanding:2" if sudden else "answer:100"
    where = {"point": point, "at": 0.3} if how == "point" else {"seed": 7}
    return Fault(name, target=target, lasts=lasts, every=25, **where)


def strain(stage, rig, fault, folder):
    """Send the load with the fault in the middle of it; what was seen, and the account."""
    with stage.server.connect(stage.database) as conn:
        conn.execute("TRUNCATE payments")
    plan = LoadPlan(
        "127.0.0.1",
        rig.port,
        RequestTemplate("POST", "/{key}"),
        ARRIVALS,
        retry=Retry(attempts=8, longest=1.0),
        statuses=((503, Outcome.UNKNOWN),),
    )
    with Fleet(plan, folder) as fleet:
        fleet.start()
        rig.arm([fault], lambda: (time.monotonic_ns() - fleet.zero) / 1e9, over=ARRIVALS.seconds)
        fleet.wait()
        eventually(lambda: over(rig), within=30)
    rig.undo_all()
    with stage.server.connect(stage.database) as conn:
        rows = conn.execute(RECORDED).fetchall()
    return rig.seen()[-1], reconcile(Ledger(folder), rows)


@pytest.mark.soak
@pytest.mark.parametrize("how", ["point", "seed"])
@pytest.mark.parametrize("name", [sort.name for sort in SORTS])
def test_no_fault_upsets_the_account_of_a_sound_service(stage, rig, tmp_path, name, how):
    """Whatever was acknowledged is there once, and the fault left evidence."""
    seen, account = strain(stage, rig, fault_of(name, how), tmp_path / "ledger")
    assert (seen.problem, seen.undone) == (None, True)
    assert seen.evidence
    assert account.balanced
    assert account.transactions[Outcome.ACKED] > 450
    if how == "point":
        assert seen.in_flight > 0
