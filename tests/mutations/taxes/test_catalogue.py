from __future__ import annotations

import pytest

from mutations.patch import copy_of_example
from mutations.taxes import EXAMPLE, harmless, named

ALL = (*named(), *harmless())


def test_there_are_enough_of_each():
    """Twelve that lose, double or change a payment, twelve that do not, each with its own id."""
    assert (len(named()), len(harmless())) == (12, 12)
    assert len({each.mutation.id for each in ALL}) == 24


def test_named_ones_say_how_they_show():
    """What the account is to say is known for each that must turn the verdict, and for no other."""
    assert all(each.shows for each in named())
    assert not any(each.shows for each in harmless())


@pytest.mark.parametrize("change", ALL, ids=str)
def test_changes_fit_the_services(change, tmp_path):
    """Every old snippet stands exactly once in the services of today, and files stay Python."""
    root = copy_of_example(tmp_path, EXAMPLE)
    change.mutation.apply(root)
    for file in {patch.file for patch in change.mutation.patches if patch.file.endswith(".py")}:
        compile((root / file).read_text(encoding="utf-8"), file, "exec")
