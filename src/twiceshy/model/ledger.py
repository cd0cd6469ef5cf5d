"""What a ledger of transactions holds: each intent, each attempt, and what became of it.

These records are named tuples, for there are millions of them, and a tuple is made in a third of
the time that a frozen dataclass takes. Times are nanoseconds since the run began.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable


class Outcome(StrEnum):
    """What is known of an attempt when it is over, or of a transaction after all its attempts."""

    NOT_SENT = "not sent"
    """Not a byte was written: it must not exist."""
    REJECTED = "rejected"
    """A whole answer says that it was not applied: it must not exist."""
    UNKNOWN = "unknown"
    """Anything else after the first byte: it may exist once."""
    ACKED = "acked"
    """A whole answer says that it was applied: it must exist exactly once."""


class Detail(StrEnum):
    """How it came to the outcome of an attempt, in words for people."""

    ANSWERED = "a whole answer"
    ANSWERED_TO_CLOSE = "an answer whose end is the end of the connection"
    NOT_ACCEPTED = "an answer of success whose body tells an error"
    UNREADABLE = "an answer of success whose body could not be judged"
    REFUSED = "no connection"
    NO_CONNECTION_IN_TIME = "no connection in time"
    CLOSED = "closed before any answer"
    RESET = "reset before any answer"
    CUT = "closed in the middle of the answer"
    CUT_BY_RESET = "reset in the middle of the answer"
    SILENT = "no answer in time"
    SLOW = "half an answer in time"
    GARBAGE = "an answer that is not HTTP"
    SWITCHED = "an answer in another protocol"
    GIVEN_UP = "the run ended before the answer"


class Intent(NamedTuple):
    """Before the first byte: transaction `number` will be sent, and was to be at `planned`."""

    number: int
    key: str
    amount: int
    planned: int


class Retried(NamedTuple):
    """Before the first byte of a further attempt."""

    number: int
    attempt: int
    began: int


class Attempt(NamedTuple):
    """The end of an attempt; the first is 1. `status` is 0 when there was no whole answer."""

    number: int
    attempt: int
    outcome: Outcome
    detail: Detail
    status: int
    began: int
    ended: int


class Unsent(NamedTuple):
    """An arrival for which no connection was free. It was never sent and has no key."""

    number: int
    planned: int


class Closed(NamedTuple):
    """The run came to its end: so many arrivals were planned, so many never came to their turn."""

    planned: int
    cancelled: int


Entry: TypeAlias = Intent | Retried | Attempt | Unsent | Closed


def standing(outcomes: Iterable[Outcome]) -> Outcome:
    """What is known of a transaction after these attempts.

    One acknowledgement suffices. Without one, a single attempt whose effect is unknown leaves the
    transaction unknown, whatever other attempts were told: a retry may be rejected because the
    first attempt was applied. No attempt at all is unknown as well, for the first byte may have
    been written when the run was killed.
    """
    seen = frozenset(outcomes)
    order = (Outcome.ACKED, Outcome.UNKNOWN, Outcome.REJECTED, Outcome.NOT_SENT)
    return next((outcome for outcome in order if outcome in seen), Outcome.UNKNOWN)
