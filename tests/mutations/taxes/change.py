"""A mutation of one design, and what has to happen for it to show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from mutations.patch import Mutation


@dataclass(frozen=True, slots=True)
class Change:
    """`fault` is what is killed in the middle of the load: `worker`, `sessions`, `nats` ...

    `shows` is what the account then says: lost, doubled, wrong amount, unexpected, or not drained;
    nothing of a harmless change.
    """

    mutation: Mutation
    design: Literal["broker", "queued"]
    fault: str
    shows: str = ""

    def __str__(self) -> str:
        """The id, as test ids show it."""
        return self.mutation.id
