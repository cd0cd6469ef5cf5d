"""What is asked again."""

from __future__ import annotations

from dataclasses import dataclass

from twiceshy.guards.confirming import MOST_CONFIRMED, first_of_each


@dataclass(frozen=True, slots=True)
class _One:
    group: str
    topic: str


def _chosen(*found: _One) -> list[str]:
    return [one.topic for one in first_of_each(found, lambda one: one.topic)]


def test_every_finding_comes_first_with_its_first_situation() -> None:
    """Further situations of a finding come after the first ones of all findings."""
    found = (_One("reads", "a"), _One("reads", "b"), _One("writes", "c"))
    assert _chosen(*found) == ["a", "c", "b"]


def test_a_situation_is_asked_for_once() -> None:
    """Two findings that show in one situation need it once."""
    assert _chosen(_One("reads", "a"), _One("writes", "a")) == ["a"]


def test_further_situations_end_at_the_limit_and_findings_do_not() -> None:
    """A finding is never left out, however many there are."""
    one_finding = [_One("reads", f"{number}") for number in range(30)]
    many_findings = [_One(f"{number}", f"{number}") for number in range(30)]
    assert len(_chosen(*one_finding)) == MOST_CONFIRMED
    assert len(_chosen(*many_findings)) == len(many_findings)
