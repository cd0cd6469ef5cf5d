"""The first draft of a report, to be filled in by people."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime

# Heading, its level, and what belongs below it.
_SECTIONS = (
    ("Summary", 2, "Two or three sentences for somebody who was not there."),
    ("Impact", 2, "Who noticed what, how many of them, for how long."),
    ("Root causes", 2, "What in the system made this possible? Ask about systems, not people."),
    ("Trigger", 2, "The change or event that set it off."),
    ("Resolution", 2, "What ended it, and how long that took."),
    ("Detection", 2, "How it was noticed, and what could have noticed it earlier."),
    ("Guard", 2, ""),
    ("Action items", 2, "One task a line: - [ ] what to do (@owner, due 2026-12-01)"),
    ("Lessons learned", 2, ""),
    ("What went well", 3, "What kept it from being worse."),
    ("What went wrong", 3, "What made it worse, or slower to end."),
    ("Where we got lucky", 3, "What only chance prevented."),
    ("Timeline", 2, "One line for each event: time with time zone, then what happened."),
)

# How the block of a guard may begin, for kinds whose keys are worth a hint.
_BEGINNINGS = {
    "isolation": """\
# The requests that showed (or could have shown) something that belongs to others.
requests = ["GET /"]
# as = "ana"          # who sends them: an actor of twiceshy.toml
# against = "ben"     # whose rows must make no difference
""",
    "preexisting": """\
# The request that was refused, as somebody would send it for whom it works.
request = "POST /registrations"
json = { email = "new@example.com" }
# as = "ana"          # who sends it, where that takes a login
# expect = { status = 201, rows = { users = 1 } }
""",
    "conservation": """\
# The request that must be neither lost nor doubled. {key} is another one for each transaction and
# the same for its retries; {amount} becomes a whole number.
request = "POST /payments"
headers = { Idempotency-Key = "{key}" }
json = { amount = "{amount}" }
rate = "10000/h"
# What the system says it processed: the key of each and its amount.
recorded = "SELECT key, amount FROM payments"
# drained = "SELECT count(*) FROM jobs WHERE status <> 'done'"    # what still waits
# Without faults, the service is killed at three moments, and answers are dropped.
# faults = ["kill service", "kill worker", "restart database"]
""",
    "command": """\
# A command that fails when the failure is back, for example a test that exists already.
run = "pytest tests/test_example.py"
""",
}


def new_report(
    title: str,
    date: datetime.date,
    kind: str = "isolation",
    *,
    guard: str | None = None,
) -> str:
    """The Markdown of a report that is still to be written.

    `guard` is the TOML below the guard's kind; left out, it is a hint for the kinds known here.
    """
    beginning = _BEGINNINGS.get(kind, "") if guard is None else guard
    block = f"```toml guard\nkind = {_quoted(kind)}\n{beginning.rstrip()}".rstrip() + "\n```\n"
    parts = [_front_matter(title, date)]
    for heading, level, hint in _SECTIONS:
        parts.append(f"{'#' * level} {heading}\n")
        if heading == "Guard":
            parts.append(block)
        elif hint:
            parts.append(f"<!-- {hint} -->\n")
    return "\n".join(parts)


def _front_matter(title: str, date: datetime.date) -> str:
    return (
        "+++\n"
        f"title = {_quoted(title)}\n"
        f"date = {date.isoformat()}\n"
        'status = "draft"            # draft, in-review, published, closed\n'
        'visibility = "internal"     # public, internal, restricted\n'
        "reviewers = []\n"
        "services = []\n"
        "tags = []\n"
        "+++\n"
    )


def _quoted(text: str) -> str:
    """A TOML string. JSON's strings are the same, except that TOML also escapes DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
