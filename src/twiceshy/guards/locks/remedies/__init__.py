"""What to do instead: the catalogue of patterns, each with SQL to paste where there is some."""

from __future__ import annotations

from twiceshy.guards.locks.remedies.breaking import remedy_for_break
from twiceshy.guards.locks.remedies.failing import remedy_for_failure
from twiceshy.guards.locks.remedies.queueing import remedy_for_queue
from twiceshy.guards.locks.remedies.working import remedy_for_work

__all__ = ["remedy_for_break", "remedy_for_failure", "remedy_for_queue", "remedy_for_work"]
