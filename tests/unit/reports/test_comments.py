from __future__ import annotations

import time

import pytest

from twiceshy.reports.comments import comments, without_comments


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("a<!-- b -->c", "ac"),
        ("a<!-- b --><!---->c", "ac"),
        ("a<!-- b", "a<!-- b"),
        ("a--><!-- b\n\n -->", "a-->"),
        ("<!-->a-->b", "b"),
        ("", ""),
    ],
)
def test_comments_go(text, left):
    """Nothing stands in their place; what is never closed is no comment."""
    assert without_comments(text) == left


def test_one_pass():
    """A million marks that are never closed take no longer than their reading."""
    started = time.process_time()
    assert list(comments("<!--" * 1_000_000)) == []
    assert time.process_time() - started < 2
