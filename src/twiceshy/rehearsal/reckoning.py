"""What is told of a ledger beside its account: what was asked, and every attempt of a few keys."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from twiceshy.model.ledger import Attempt, Intent
from twiceshy.model.strain import Trail

if TYPE_CHECKING:
    from collections.abc import Iterable

    from twiceshy.model.account import Account
    from twiceshy.model.ledger import Entry
    from twiceshy.model.scenario import Scenario
    from twiceshy.model.strain import Strain


def about(scenario: Scenario, strain: Strain, version: str) -> dict[str, Any]:
    """What is kept beside a ledger."""
    return {
        "topic": scenario.topic,
        "role": scenario.role,
        "version": version,
        "began": datetime.now(UTC).isoformat(timespec="seconds"),
        "request": str(strain.request),
        "recorded": strain.recorded,
        "drained": strain.drained,
        "seed": strain.seed,
        "faults": [asdict(fault) for fault in strain.faults],
    }


def trails_of(ledger: Iterable[Entry], account: Account) -> tuple[Trail, ...]:
    """Every attempt of each transaction that the account names as wrong; the ledger is read once.

    Rows that nobody intended have none.
    """
    wanted = {wrong.key for wrong in account.discrepancies if wrong.known is not None}
    if not wanted:
        return ()
    keys: dict[int, str] = {}
    attempts: dict[int, list[Attempt]] = {}
    for entry in ledger:
        if isinstance(entry, Intent):
            if entry.key in wanted:
                keys[entry.number] = entry.key
                attempts[entry.number] = []
        elif isinstance(entry, Attempt) and entry.number in attempts:
            attempts[entry.number].append(entry)
    return tuple(Trail(key, tuple(attempts[number])) for number, key in keys.items())
