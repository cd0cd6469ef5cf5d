"""The verdict on loads, run by run."""

from __future__ import annotations

from twiceshy.model.verdict import Value
from unit.guards.conservation.histories import judged, spec


def test_all_is_there_once():
    """The line, the peak and the fault were played; what was lost on its way was retried."""
    verdict = judged(spec())
    assert verdict.reasons == ()
    assert verdict.value is Value.HOLDS


def test_lost_after_a_fault():
    """The account of the run with the fault decides, whatever the others say."""

    def loses(office):
        if office.topic == "kill service":
            office.lose(40, 50)

    verdict = judged(spec(), loses)
    assert verdict.value is Value.RECURS
