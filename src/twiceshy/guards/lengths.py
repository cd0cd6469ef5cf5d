"""Lengths of time as people write them in guards: `200ms`, `1.5s`, `2min`."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import Field

_LENGTH = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|min)")
_MILLISECONDS = {"ms": 1.0, "s": 1000.0, "min": 60_000.0}

Length = Annotated[str, Field(pattern=rf"^{_LENGTH.pattern}$")]


def milliseconds(text: str) -> float:
    """`200ms`, `1.5s` or `2min`; ValueError for anything else."""
    found = _LENGTH.fullmatch(text.strip())
    if found is None:
        message = f"no length of time: {text}"
        raise ValueError(message)
    return float(found[1]) * _MILLISECONDS[found[2]]


def seconds(text: str) -> float:
    """The same in seconds."""
    return milliseconds(text) / 1000
