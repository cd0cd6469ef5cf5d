from __future__ import annotations

import re
from collections import Counter

import pglast
import pytest

from mutations import SILENT, copy_of_example, generated, harmless, named_leaks
from mutations.generator import queries

ALL = (*named_leaks(), *harmless(), *generated())
KINDS = {"drop", "turn", "inner", "left", "swap"}


def test_there_are_enough_of_each():
    """Twelve named leaks, twelve harmless changes, fifty generated that are no silent ones."""
    assert len(named_leaks()) == 12
    assert len(harmless()) == 12
    assert len([each for each in generated() if each.id not in SILENT]) >= 50


def test_ids_are_unique():
    """An id names one mutation."""
    assert [name for name, count in Counter(each.id for each in ALL).items() if count > 1] == []


def test_every_silent_one_exists():
    """A reason for a mutation that is not made any more has to go."""
    assert SILENT.keys() - {each.id for each in generated()} == set()


def test_every_kind_of_change_is_made():
    """Conditions are dropped and turned, joins changed both ways, parameters swapped."""
    assert {each.id.split(":")[1] for each in generated()} == KINDS


def test_every_query_is_mutated():
    """No query of the service with a condition or a join is passed over."""
    mutated = {each.id.partition(":")[0] for each in generated()}
    unchanged = {f"{each.module}.{each.name}" for each in queries()} - mutated
    assert unchanged == {"goals.CREATE"}


@pytest.mark.parametrize("mutation", generated(), ids=str)
def test_generated_sql_is_sql(mutation):
    """PostgreSQL's own parser accepts what the generator wrote."""
    [patch] = mutation.patches
    assert patch.new != patch.old
    pglast.parse_sql(re.sub(r"%\(\w+\)s", "$1", patch.new))


@pytest.mark.parametrize("mutation", ALL, ids=str)
def test_mutations_fit_the_service(mutation, tmp_path):
    """Every old snippet stands exactly once in the service of today, and files stay Python."""
    root = copy_of_example(tmp_path)
    mutation.apply(root)
    for file in {patch.file for patch in mutation.patches if patch.file.endswith(".py")}:
        compile((root / file).read_text(encoding="utf-8"), file, "exec")
