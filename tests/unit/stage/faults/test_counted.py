"""Counts in what is told of a fault."""

from __future__ import annotations

import pytest

from twiceshy.stage.faults.counted import counted


@pytest.mark.parametrize(("count", "says"), [(0, "0 are"), (1, "1 is"), (2, "2 are")])
def test_words_agree_with_their_count(count, says):
    """There is one, or there are several."""
    assert counted(count, "is", "are") == says
