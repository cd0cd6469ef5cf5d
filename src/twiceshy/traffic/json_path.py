"""Values of a JSON body by paths such as `$.items[0].id`."""

from __future__ import annotations

import json
import re
from typing import Any

_STEP = re.compile(r"""\.([^.\[\]'"\s]+)|\[(\d+)\]|\['([^']*)'\]|\["([^"]*)"\]""")


def value_at(body: bytes, path: str) -> Any:
    """The value at `$.a.b[0]` in a JSON body, None when there is none. `$` is all of the body."""
    text = body.decode(errors="replace")
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return text.strip() if path == "$" else None
    rest = path.removeprefix("$")
    while rest:
        step = _STEP.match(rest)
        if step is None:
            return None
        value = _child(value, step)
        rest = rest[step.end() :]
    return value


def _child(value: Any, step: re.Match[str]) -> Any:
    """A member by name, or an item by position; a number may also be a name."""
    if step[2] is not None and isinstance(value, list):
        return value[int(step[2])] if int(step[2]) < len(value) else None
    key = next(group for group in step.groups() if group is not None)
    return value.get(key) if isinstance(value, dict) else None
