"""Every report of a project: found, told apart by audience, counted and followed up.

`library.library` is the front door. What an audience may not see is absent from everything that
is derived: hits, counts, similar reports, excerpts, action items.
"""

from __future__ import annotations

from twiceshy.library.audience import Audience
from twiceshy.library.entry import Entry
from twiceshy.library.library import Library

__all__ = ["Audience", "Entry", "Library"]
