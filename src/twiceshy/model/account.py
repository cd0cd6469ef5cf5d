"""The account of a run: what was acknowledged, against what the system recorded."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

    from twiceshy.model.ledger import Outcome

Wrong: TypeAlias = Literal["lost", "undrained", "duplicated", "wrong amount", "unexpected"]
"""How a transaction can be wrong.

lost: acknowledged, and there is no row. undrained: acknowledged, taken in, and never processed.
duplicated: more than one row. wrong amount: a row with another amount. unexpected: a row without an
intent, or for a transaction that was rejected or never sent.
"""


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """One transaction that is wrong. `known` is None for a row that nobody intended."""

    wrong: Wrong
    key: str
    known: Outcome | None
    intended: int | None
    recorded: int
    rows: int


@dataclass(frozen=True, slots=True)
class Account:
    """Ledger and recorded rows, held against each other.

    `transactions` counts by what is known of each. `recovered` are those of unknown effect that
    exist. `counts` has every discrepancy, `discrepancies` names some of each sort. `retried_onto`
    counts transactions whose answer was lost, that were tried again and acknowledged, and exist:
    the duty that a retry met a key that was there already, as far as it can be seen.
    """

    transactions: Mapping[Outcome, int]
    rows: int
    recovered: int
    retried_onto: int
    acked_sum: int
    recorded_sum: int
    least_sum: int
    greatest_sum: int
    counts: Mapping[Wrong, int] = field(default_factory=dict)
    discrepancies: tuple[Discrepancy, ...] = ()

    @property
    def sums_agree(self) -> bool:
        """Whether the recorded sum lies between the acknowledged one and that with all unknown."""
        return self.least_sum <= self.recorded_sum <= self.greatest_sum

    @property
    def balanced(self) -> bool:
        """Whether everything is as it must be, row by row and in sum."""
        return not any(self.counts.values()) and self.sums_agree
