"""Who reads: each audience sees what those before it see, and more."""

from __future__ import annotations

from enum import StrEnum


class Audience(StrEnum):
    """`restricted` sees everything."""

    PUBLIC = "public"
    INTERNAL = "internal"
    RESTRICTED = "restricted"

    @property
    def level(self) -> int:
        """0, 1, 2: an audience sees what asks for its level or a lower one."""
        return _LEVELS[self]


_LEVELS = {audience: level for level, audience in enumerate(Audience)}
