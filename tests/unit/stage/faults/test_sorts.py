"""Faults as the stage does them."""

from __future__ import annotations

import pytest

from twiceshy.errors import UsageError
from twiceshy.model.strain import FAULT_SORTS, Fault
from twiceshy.stage.faults.sorts import SORTS, sort_of


def test_every_fault_of_the_model_can_be_done():
    """And no other: guards name those of the model."""
    assert [sort.facts for sort in SORTS] == list(FAULT_SORTS)
    assert all(sort_of(Fault(facts.name)).facts is facts for facts in FAULT_SORTS)


def test_a_fault_that_nobody_knows():
    """The nearest name is told."""
    with pytest.raises(UsageError) as error:
        sort_of(Fault("kil service"))
    assert "'kill service'" in error.value.todo
