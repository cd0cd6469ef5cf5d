"""The lines of a file as editors count them."""

from __future__ import annotations

import re

_END = re.compile(r"(?<=\n)|(?<=\r)(?!\n)")


def lines_of(text: str) -> list[str]:
    """The lines with their ends; a form feed, or what else Unicode takes for one, ends none."""
    return [line for line in _END.split(text) if line]
