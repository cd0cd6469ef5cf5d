"""A ledger looked at after its run: what it tells by itself, and its account if there are rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from twiceshy.model.account import Account
    from twiceshy.model.figures import LoadFigures
    from twiceshy.model.strain import Trail


@dataclass(frozen=True, slots=True)
class Reckoning:
    """What is known of the run of the ledger at `path`.

    `ends` says of each of its files how it ends, `closed` whether all runs came to theirs. `about`
    is what was kept beside it. `against` says where the rows come from that it was held against;
    where that is "", there were none, and of `account` only what the ledger itself tells counts.
    `trails` are those of the discrepancies.
    """

    path: str
    figures: LoadFigures
    account: Account
    ends: tuple[str, ...] = ()
    closed: bool = True
    against: str = ""
    about: Mapping[str, Any] = field(default_factory=dict)
    trails: tuple[Trail, ...] = ()

    @property
    def balanced(self) -> bool | None:
        """Whether everything is as it must be; None where there were no rows to see it by."""
        return self.account.balanced if self.against else None
