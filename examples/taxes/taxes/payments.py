"""What a collection point sends, and what it gets to know."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Name = Annotated[str, Field(pattern=r"^[\w-]{1,64}$")]
Key = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{8,64}$")]


class Sent(BaseModel):
    """The body of a payment; the amount is in cents."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    taxpayer: Name
    point: Name
    amount: Annotated[int, Field(gt=0, le=10**12)]


class Payment(Sent):
    key: Key


class Receipt(BaseModel):
    """`accepted` is a promise: the payment is kept safe, and its number follows."""

    key: str
    amount: int
    status: str = "accepted"
    number: int | None = None


class KeyUsedError(Exception):
    """The key names another payment already."""


class UnavailableError(Exception):
    """Nobody can say now whether the payment was taken in: try again with the same key."""
