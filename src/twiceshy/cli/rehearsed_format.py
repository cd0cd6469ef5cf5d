"""The forms in which `twiceshy rehearse` tells its outcome."""

from __future__ import annotations

from enum import StrEnum


class RehearsalFormat(StrEnum):
    """How the outcome of scripts is told."""

    TERMINAL = "terminal"
    JSON = "json"
    MARKDOWN = "markdown"
    HTML = "html"
