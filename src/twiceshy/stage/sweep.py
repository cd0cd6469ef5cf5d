"""Clear away what a stage left when both tool and keeper were killed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def sweep() -> int:
    """Kill what abandoned stages of this user left, remove their folders; how many there were."""
    raise NotImplementedError


def clear(scratch: Path) -> None:
    """Kill the processes that provably belong to this scratch folder, and remove it."""
    raise NotImplementedError
