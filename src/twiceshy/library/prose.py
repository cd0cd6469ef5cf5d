"""The one place where the library reads prose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twiceshy.reports.prose.read import read_postmortems

if TYPE_CHECKING:
    from twiceshy.model.postmortem import Postmortem


def postmortems_of(text: str, name: str) -> tuple[Postmortem, ...]:
    """The incidents that a text tells, none where it is no postmortem."""
    return read_postmortems(text, name).postmortems
