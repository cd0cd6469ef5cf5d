"""Events and verdicts as text, JSON and terminal output; pure."""

from __future__ import annotations
