"""Generated leaks that do not turn the verdict to `recurs`, with what is said instead and why."""

from __future__ import annotations

from twiceshy.model.verdict import Value

_NOT_FOUND = (
    Value.UNKNOWN,
    "two ids are swapped, so that Ana does not find her own things any more: nothing to compare",
)
_TIES = (
    Value.HOLDS,
    "deposits without a goal, or not assigned, drop out of a list; in many a list they might",
)

SURVIVORS = {
    "goals.ONE:swap:1": _NOT_FOUND,
    "ledger.ONE:swap:1": _NOT_FOUND,
    "ledger.TO_ASSIGN:swap:1": _NOT_FOUND,
    "pending.OF_USER:inner:1": _TIES,
    "pending.OF_USER:inner:2": _TIES,
}
