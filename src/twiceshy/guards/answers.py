"""Answers as text for people."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING

from twiceshy.model.history import NoReply

if TYPE_CHECKING:
    from collections.abc import Sequence

    from twiceshy.model.history import Observation

_MOST_TEXT = 4000


def readable(observation: Observation, headers: Sequence[str] = ()) -> str:
    """An answer as text: JSON indented, anything else as it came, cut when long.

    Below the status stand those of `headers` that the answer has.
    """
    answer = observation.answer
    if isinstance(answer, NoReply):
        return answer.says
    text = answer.body.decode("utf-8", "replace")
    if "json" in (answer.header("content-type") or ""):
        with contextlib.suppress(ValueError, RecursionError):
            text = json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    shown = [f"HTTP {answer.status}"]
    shown += [f"{name}: {value}" for name in headers if (value := answer.header(name))]
    return "\n".join([*shown, text if len(text) <= _MOST_TEXT else text[:_MOST_TEXT] + "\n…"])
