"""A column that may hold one of the request's keys, and how it was found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from twiceshy.model.history import Observation, Run, Statement
    from twiceshy.model.schema import QName

    Place = tuple[QName, str]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A column that may hold a key: which value of the request, and in which form.

    `how` says how it was found, `statement` is the SQL that gave it away. One that was `carried`
    holds the value `literal`, which the row planted for `behind` has in `behind_column`.
    """

    table: QName
    column: str
    leaf: str
    form: str
    how: str
    statement: str = ""
    behind: Candidate | None = None
    behind_column: str = ""
    literal: str = ""

    @property
    def by_schema(self) -> bool:
        """Whether no plan met it with a key."""
        return not self.how.startswith(("compared", "joined", "looked"))

    @property
    def place(self) -> Place:
        """Table and column."""
        return self.table, self.column

    def __str__(self) -> str:
        """`guest_purchases.buyer_document`."""
        return f"{self.table}.{self.column}"

    @property
    def plant(self) -> str:
        """The name of the row that stands for it."""
        return f"there.{self}"

    @property
    def depth(self) -> int:
        """How many rows it takes to get there."""
        return 1 if self.behind is None else 1 + self.behind.depth


def statements(runs: Iterable[Run]) -> Iterator[tuple[Run, Observation, Statement]]:
    """Everything that was executed."""
    for run in runs:
        for seen in run.observations:
            for statement in seen.statements:
                yield run, seen, statement
