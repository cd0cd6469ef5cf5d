"""Tasks as people write them: `- [ ] text (@owner, due 2026-12-01)`."""

from __future__ import annotations

import re

from twiceshy.model.report import ActionItem

_TASK = re.compile(r"\[(?P<mark>[ xX])\]\s+(?P<text>.+)", re.DOTALL)
_DETAILS = re.compile(r"\s*\((?P<inside>[^()]*)\)\s*(?P<stop>[.;]?)$")
_OWNER = re.compile(r"@(\S+)")
_DUE = re.compile(
    r"(?:due|by|vence|para|até|prazo|pour|échéance|fällig|bis)\b(?:\s+(?:on|el|em|le|am))?:?\s+(.+)",
    re.IGNORECASE,
)


def read_action_item(content: str, line: int) -> ActionItem | None:
    """The task that a list item holds; None when the item is no task."""
    task = _TASK.fullmatch(content.strip())
    if task is None:
        return None
    text = " ".join(task["text"].split())
    done = task["mark"] != " "
    details = _DETAILS.search(text)
    parts = [part.strip() for part in details["inside"].split(",")] if details else []
    owners = [found[1] for part in parts if (found := _OWNER.fullmatch(part))]
    dues = [found[1] for part in parts if (found := _DUE.fullmatch(part))]
    if details is None or not (owners or dues):
        return ActionItem(text, done, line)
    rest = [part for part in parts if not (_OWNER.fullmatch(part) or _DUE.fullmatch(part))]
    text = text[: details.start()] + (f" ({', '.join(rest)})" if rest else "") + details["stop"]
    return ActionItem(text, done, line, ", ".join(owners) or None, ", ".join(dues) or None)
