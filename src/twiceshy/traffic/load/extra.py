"""What sends load needs packages that not everybody installs."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from twiceshy.errors import CannotTell

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def installed() -> Iterator[None]:
    """Import inside of it what needs them; CannotTell says how to get those that are missing."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise CannotTell(
            "What sends load and measures it is not installed",
            seen=str(error),
            todo='install it with: pip install "twiceshy[load]"',
        ) from error
