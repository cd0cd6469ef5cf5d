"""What the control says of the guard itself: whether its query gives what was sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twiceshy.model.ledger import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twiceshy.model.account import Account
    from twiceshy.model.strain import Strain

_SHOWN = 3
_LEAST_AMOUNTS = 2


def mismatches(strain: Strain, account: Account) -> Iterator[str]:
    """Why the query does not speak of what was sent, whatever the service did right or wrong."""
    acked = account.transactions.get(Outcome.ACKED, 0)
    missing = account.counts.get("lost", 0) + account.counts.get("undrained", 0)
    if acked and missing >= acked:
        yield _no_key(account, acked)
    elif "amount" not in strain.request.slots and account.counts.get("wrong amount"):
        yield (
            "recorded gives amounts, and the request carries none that we choose: let it give the "
            "keys alone, or write {amount} into the request"
        )
    elif unit := _unit(account, acked):
        yield unit


def _no_key(account: Account, acked: int) -> str:
    sent = [one.key for one in account.discrepancies if one.wrong in {"lost", "undrained"}]
    others = [one.key for one in account.discrepancies if one.known is None]
    says = f"recorded lists none of the {acked} acknowledged keys"
    if sent:
        says += f", such as {', '.join(sent[:_SHOWN])}"
    if others:
        return (
            f"{says}; it lists {', '.join(others[:_SHOWN])}: does it give what the request carries "
            "as {key}, spelled alike?"
        )
    return (
        f"{says}; it lists nothing new at all: does it look where the system records, and is every "
        "process that works on it among [process.*]?"
    )


def _unit(account: Account, acked: int) -> str:
    """Amounts that all differ by the same factor are written in another unit."""
    wrong = [one for one in account.discrepancies if one.wrong == "wrong amount" and one.intended]
    if len(wrong) < acked or len({one.intended for one in wrong}) < _LEAST_AMOUNTS:
        return ""
    first = wrong[0]
    if not first.recorded or any(one.rows != 1 for one in wrong):
        return ""
    if any(
        one.recorded * (first.intended or 0) != first.recorded * (one.intended or 0)
        for one in wrong
    ):
        return ""
    return (
        f"recorded gives {first.recorded} where {first.intended} was sent, and so throughout: let "
        "it give the unit that the request carries"
    )
