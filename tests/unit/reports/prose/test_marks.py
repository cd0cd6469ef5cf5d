"""What entries of a timeline tell of."""

from __future__ import annotations

import pytest

from twiceshy.reports.prose.marks import mark_of


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("The outage began", "start"), ("Site goes down", "start"), ("Beginn der Störung", "start"),
        ("Alert fired", "detected"), ("Un usuario avisa", "detected"), ("アラート検知", "detected"),
        ("Incident escalated to the DBA", "escalated"), ("Escalade à l'équipe", "escalated"),
        ("Service restored", "resolved"), ("Störung behoben", "resolved"), ("復旧", "resolved"),
        ("servizio ripristinato", "resolved"), ("Back online", "resolved"),
        ("Partially recovered", ""), ("not resolved", ""), ("Deployment of 4.2", ""),
    ],
)  # fmt: skip
def test_words_say_what_happened(text, mark):
    """In several languages; a partial recovery is no end."""
    assert mark_of(text) == mark
