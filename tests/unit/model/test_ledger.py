"""What is known of a transaction after its attempts."""

from __future__ import annotations

import pytest

from twiceshy.model.ledger import Outcome, standing

NOT_SENT, REJECTED, UNKNOWN, ACKED = Outcome


@pytest.mark.parametrize(
    ("outcomes", "known"),
    [
        ([], UNKNOWN),
        ([NOT_SENT], NOT_SENT),
        ([NOT_SENT, REJECTED], REJECTED),
        ([UNKNOWN, REJECTED], UNKNOWN),
        ([UNKNOWN, NOT_SENT], UNKNOWN),
        ([REJECTED, UNKNOWN, ACKED], ACKED),
        ([ACKED, REJECTED], ACKED),
    ],
)
def test_the_strongest_knowledge_decides(outcomes, known):
    """An acknowledgement beats all; a rejection does not undo an attempt of unknown effect."""
    assert standing(outcomes) is known
