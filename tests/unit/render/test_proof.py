from __future__ import annotations

from dataclasses import replace

import pytest

from twiceshy.model.verdict import Value, Verdict
from twiceshy.render.marks import Page
from twiceshy.render.proof import proof_lines, proofs
from unit.render import story


def finished(value, version=""):
    """A verdict on one version."""
    return replace(story.HOLDS, verdict=Verdict(value), version=version)


def test_a_proof_stands():
    """Recurs where it was, holds today."""
    (proof,) = proofs([finished(Value.RECURS, "faulty"), finished(Value.HOLDS)])
    assert proof.stands
    assert proof.today is Value.HOLDS


@pytest.mark.parametrize(
    ("faulty", "today", "because"),
    [
        (Value.RECURS, Value.RECURS, "today's version too"),
        (Value.HOLDS, Value.HOLDS, "does not see the failure"),
        (Value.UNKNOWN, Value.HOLDS, "a verdict is unknown"),
        (Value.RECURS, Value.UNKNOWN, "a verdict is unknown"),
        (None, Value.HOLDS, "was not rehearsed"),
        (Value.RECURS, None, "was not rehearsed"),
    ],
)
def test_a_proof_falls(faulty, today, because):
    """Anything else proves nothing, and it is said why."""
    events = [finished(faulty, "faulty")] if faulty else []
    events += [finished(today)] if today else []
    (proof,) = proofs(events)
    assert not proof.stands
    assert because in proof.says


def test_the_table(snapshot):
    """Both verdicts of each guard, and what they mean together."""
    other = replace(story.UNKNOWN, version="faulty")
    events = [finished(Value.RECURS, "faulty"), other, finished(Value.HOLDS), story.UNKNOWN]
    lines = [line.plain for line in proof_lines(proofs(events), Page(80))]
    assert "\n".join(lines) == snapshot
