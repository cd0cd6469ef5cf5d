"""Faults as people write them."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from twiceshy.model.strain import (
    FAULT_SORTS,
    Fault,
    cuts_answers,
    facts_of,
    fault_names,
    parse_fault,
    told,
    written,
)


@pytest.mark.parametrize(
    ("text", "name", "target"),
    [
        ("kill service", "kill service", ""),
        ("kill  worker ", "kill process", "worker"),
        ("kill process worker", "kill process", "worker"),
        ("pause service", "pause service", ""),
        ("pause worker", "pause service", "worker"),
        ("terminate backends", "terminate backends", ""),
        ("restart database", "restart database", ""),
        ("refuse", "refuse", "service"),
        ("cut database", "cut", "database"),
        ("black hole service", "black hole", "service"),
        ("slow database", "slow", "database"),
        ("drop answers", "drop answers", ""),
        ("lock payments", "lock", "payments"),
        ("lock accounts where id = 7", "lock", "accounts where id = 7"),
    ],
)
def test_a_fault_by_its_words(text, name, target):
    """What it is done to stands behind its name."""
    fault = parse_fault(text)
    assert (fault.name, fault.target) == (name, target)
    assert fault.lasts == facts_of(fault).lasts
    assert parse_fault(written(fault)) == fault


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("kil service", "did you mean 'kill service'"),
        ("terminate backend", "did you mean 'terminate backends'"),
        ("restart databse", "did you mean 'restart database'"),
        ("blackhole", "did you mean 'black hole'"),
        ("kill", "kill what? Write kill service, or name a process"),
        ("refuse databse", "did you mean 'database'"),
        ("cut cable", "before service or database, not before 'cable'"),
        ("lock", "lock what? Name a table"),
        ("earthquake", "faults are kill service, kill PROCESS,"),
        ("", "there is no fault ''"),
    ],
)
def test_what_is_no_fault(text, says):
    """The message names what was perhaps meant."""
    with pytest.raises(ValueError, match=re.escape(says)):
        parse_fault(text)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("kill service", "the service was killed and started again"),
        ("kill worker", "the process worker was killed and started again"),
        ("pause service", "the service stood still"),
        ("pause worker", "the process worker stood still"),
        ("refuse database", "connections to the database were reset and new ones refused"),
        ("lock payments", "somebody else held a lock on payments"),
    ],
)
def test_a_fault_as_a_sentence(text, says):
    """For somebody who never saw the tool."""
    assert told(parse_fault(text)) == says


def test_the_moment_that_explains_it_is_told():
    """What was acknowledged, or was done and nobody knows."""
    kill = parse_fault("kill service")
    told_at = [told(replace(kill, point=f"{kind}:1")) for kind in ("answer", "unanswered")]
    assert [says.partition(", ")[2] for says in told_at] == [
        "right after an answer",
        "with an answer that never arrived",
    ]
    assert told(replace(kill, point="outstanding:1")) == told(kill)
    assert [
        cuts_answers(replace(kill, point=f"{kind}:1")) for kind in ("answer", "unanswered")
    ] == [
        False,
        True,
    ]


def test_each_sort_says_everything():
    """Its words begin only it, and it tells what must be seen."""
    assert len(fault_names()) == len({sort.name for sort in FAULT_SORTS}) == len(FAULT_SORTS)
    for sort in FAULT_SORTS:
        assert sort.evidence
        assert told(Fault(sort.name, "x" if sort.done_to else ""))
