"""Kinds of guards: each says what to perturb next and judges what was observed."""

from __future__ import annotations

from importlib.metadata import entry_points
from typing import TYPE_CHECKING

from twiceshy.guards.command import CommandKind
from twiceshy.guards.conservation import Conservation
from twiceshy.guards.contract import Contract
from twiceshy.guards.isolation import Isolation
from twiceshy.guards.locks import Locks
from twiceshy.guards.preexisting import Preexisting

if TYPE_CHECKING:
    from twiceshy.model.kind import Kind

# Every kind of ours, in the order in which people meet them.
KINDS: tuple[Kind, ...] = (
    Isolation(),
    Preexisting(),
    Contract(),
    Conservation(),
    Locks(),
    CommandKind(),
)


def kinds() -> tuple[Kind, ...]:
    """Ours, and those that other packages add through the entry point group `twiceshy.guards`."""
    added = [point.load()() for point in entry_points(group="twiceshy.guards")]
    return (*KINDS, *added)


def kind_named(name: str) -> Kind | None:
    """The kind of that name, or None."""
    return next((kind for kind in kinds() if kind.name == name), None)
