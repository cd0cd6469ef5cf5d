from __future__ import annotations

import pytest

from twiceshy.model.report import ActionItem
from twiceshy.reports.action_items import read_action_item


@pytest.mark.parametrize(
    ("content", "item"),
    [
        (
            "[ ] add a test (@ana, due 2026-12-01)",
            ActionItem("add a test", False, 7, "ana", "2026-12-01"),
        ),
        ("[x] add a test (@ana)", ActionItem("add a test", True, 7, "ana")),
        ("[X] add a test (due: next week)", ActionItem("add a test", True, 7, None, "next week")),
        ("[ ] add\na test", ActionItem("add a test", False, 7)),
        ("[ ] call f(x)", ActionItem("call f(x)", False, 7)),
        ("[ ] a (see #12) (@ana/ops, P1).", ActionItem("a (see #12) (P1).", False, 7, "ana/ops")),
        ("[ ] a (@ana, @ben)", ActionItem("a", False, 7, "ana, ben")),
        ("[ ] a (@ana, vence 2026-12-01)", ActionItem("a", False, 7, "ana", "2026-12-01")),
        ("[ ] a (@ana, fällig am 1.12.)", ActionItem("a", False, 7, "ana", "1.12.")),
    ],
)
def test_a_task_has_text_state_owner_and_due_date(content, item):
    """What stands in the last brackets is owner and date; other brackets belong to the text."""
    assert read_action_item(content, 7) == item


@pytest.mark.parametrize("content", ["add a test", "[]", "[ ]", "[ ]x", "[y] a", "[link](url) a"])
def test_other_list_items_are_no_tasks(content):
    """Only items with a box count."""
    assert read_action_item(content, 1) is None
