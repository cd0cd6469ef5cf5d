"""Guards as written, seen against the configuration."""

from __future__ import annotations

from pathlib import Path

import pytest

from twiceshy.config.project import ActorConfig, Project
from twiceshy.errors import Location, ReportError
from twiceshy.model.report import GuardBlock
from twiceshy.rehearsal.specs import read_spec

PROJECT = Project(
    root=Path("/p"),
    file=Path("/p/twiceshy.toml"),
    actors={"ana": ActorConfig(), "ben": ActorConfig()},
)


def guard(against: str) -> GuardBlock:
    """A guard of what Ana sees, with its key against on line 7."""
    table = {"as": "ana", "against": against, "requests": ["GET /notes"]}
    return GuardBlock("isolation", table, Location(Path("r.md"), 3), {"against": 7})


def test_two_actors() -> None:
    """They are what a guard of this kind is about."""
    kind, spec = read_spec(guard("ben"), PROJECT)
    assert (kind.name, spec.as_actor, spec.against) == ("isolation", "ana", "ben")


def test_an_actor_against_itself() -> None:
    """Its own rows are meant to be seen; without an error here they would be called a leak."""
    with pytest.raises(ReportError) as error:
        read_spec(guard("ana"), PROJECT)
    assert "An actor cannot be rehearsed against itself" in str(error.value)
    assert "r.md:7" in str(error.value)
