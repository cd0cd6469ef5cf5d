"""The parts of a strain."""

from __future__ import annotations

from twiceshy.model.strain import Fault, FaultSeen, Phase
from twiceshy.rehearsal.phases import phases_of

MARKS = {"draining": 6.0, "reconciling": 7.0, "over": 8.0}


def seen(began, ended):
    """A fault that lasted from one moment to the other."""
    return FaultSeen(Fault("cut"), began, ended)


def test_without_a_fault():
    """All is healthy until nobody comes any more."""
    assert phases_of((), MARKS, 5.0) == (
        Phase("healthy", 0.0, 5.0),
        Phase("stopped", 5.0, 6.0),
        Phase("draining", 6.0, 7.0),
        Phase("reconciling", 7.0, 8.0),
    )


def test_faults_from_the_first_that_began_to_the_last_that_ended():
    """One that never began has no part in it."""
    faults = (seen(2.0, 3.0), seen(1.0, 2.5), seen(None, None))
    phases = {phase.name: phase for phase in phases_of(faults, MARKS, 5.0)}
    assert phases["healthy"] == Phase("healthy", 0.0, 1.0)
    assert phases["fault"] == Phase("fault", 1.0, 3.0)
    assert phases["recovered"] == Phase("recovered", 3.0, 5.0)


def test_a_fault_that_outlasts_the_arrivals():
    """There was no time to recover in."""
    names = [phase.name for phase in phases_of([seen(4.0, 5.5)], MARKS, 5.0)]
    assert names == ["healthy", "fault", "stopped", "draining", "reconciling"]


def test_a_run_that_broke_off():
    """It came to no account."""
    marks = {"draining": 2.0, "over": 2.5}
    assert phases_of((), marks, 5.0) == (
        Phase("healthy", 0.0, 2.0),
        Phase("draining", 2.0, 2.5),
    )
