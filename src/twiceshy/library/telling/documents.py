"""The same for programs: plain data for one document. Within a version, keys are only added."""

from __future__ import annotations

import csv
import io
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any

from twiceshy.render.legible import one_line

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable, Mapping, Sequence

    from twiceshy.library.entry import Action, Entry
    from twiceshy.library.search_records import Hits, Similar, Snippet
    from twiceshy.library.statistics_records import OwnerCount, Statistics

VERSION = 1
_MOMENTS = ("started_at", "detected_at", "resolved_at", "ended_at")
_OWN_FORM = {*_MOMENTS, "guards", "actions", "path", "visibility", "date"}
_COLUMNS = ("state", "due", "owner", "priority", "text", "report", "title", "path", "line")


def entry_document(entry: Entry) -> dict[str, Any]:
    """One report, without its text and action items."""
    plain = {one.name: getattr(entry, one.name) for one in fields(entry)}
    return {
        **{name: value for name, value in plain.items() if name not in _OWN_FORM},
        "path": entry.path.as_posix(),
        "visibility": entry.visibility.value,
        "date": entry.date.isoformat() if entry.date else None,
        **{name: str(plain[name]) if plain[name] else None for name in _MOMENTS},
        "guards": [
            {
                "kind": guard.kind,
                "line": guard.line,
                "verdicts": {name: value.value for name, value in guard.verdicts.items()},
                "rehearsed_at": guard.at.isoformat() if guard.at else None,
                "proved": guard.proved,
                "reproduced": guard.reproduced,
            }
            for guard in entry.guards
        ],
    }


def hits_document(found: Hits, query: str) -> dict[str, Any]:
    """`marks` are ranges of characters in `text`."""
    return {
        "version": VERSION,
        "query": query,
        "total": found.total,
        "hits": [
            {
                "report": entry_document(hit.entry),
                "title": _snippet(hit.title),
                "snippets": [_snippet(one) for one in hit.snippets],
            }
            for hit in found.hits
        ],
        "facets": {name: dict(counts) for name, counts in found.facets.items()},
    }


def _snippet(one: Snippet) -> dict[str, Any]:
    return {"text": one.text, "marks": [list(mark) for mark in one.marks]}


def similar_document(entry: Entry, found: Iterable[Similar]) -> dict[str, Any]:
    """Score between 0 and 1, and why."""
    return {
        "version": VERSION,
        "report": entry_document(entry),
        "similar": [
            {
                "report": entry_document(one.entry),
                "score": round(one.score, 3),
                "reasons": [
                    {"because": reason.because, "words": list(reason.words), "says": reason.says}
                    for reason in one.reasons
                ],
            }
            for one in found
        ],
    }


def statistics_document(found: Statistics) -> dict[str, Any]:
    """All of it, times in minutes."""
    return {"version": VERSION, **asdict(found)}


def actions_document(
    actions: Sequence[Action],
    owners: Iterable[OwnerCount],
    entries: Mapping[str, Entry],
    today: datetime.date,
) -> dict[str, Any]:
    """Every action item with its state, and the counts of each owner."""
    return {
        "version": VERSION,
        "today": today.isoformat(),
        "overdue": sum(action.overdue(today) for action in actions),
        "actions": [_action(action, entries, today) for action in actions],
        "owners": [asdict(one) for one in owners],
    }


def actions_csv(
    actions: Iterable[Action], entries: Mapping[str, Entry], today: datetime.date
) -> str:
    """A line for each, as RFC 4180 has it; no cell can be taken for a formula."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(_COLUMNS)
    for action in actions:
        plain = _action(action, entries, today)
        writer.writerow(_cell(plain[name]) for name in _COLUMNS)
    return text.getvalue()


def _cell(value: Any) -> str:
    text = "" if value is None else one_line(str(value))
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text


def _action(action: Action, entries: Mapping[str, Entry], today: datetime.date) -> dict[str, Any]:
    entry = entries.get(action.report)
    return {
        "state": "done" if action.done else "overdue" if action.overdue(today) else "open",
        "text": action.text,
        "owner": action.owner or None,
        "due": action.due or None,
        "due_on": action.due_on.isoformat() if action.due_on else None,
        "priority": action.priority or None,
        "report": action.report,
        "title": entry.title if entry else "",
        "path": entry.path.as_posix() if entry else "",
        "line": action.line,
    }
