"""What was read from a postmortem, as plain values for one JSON document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from twiceshy.model.postmortem import Moment

if TYPE_CHECKING:
    from collections.abc import Iterable

    from twiceshy.model.postmortem import (
        Conflict,
        Entry,
        Fact,
        Passage,
        Postmortem,
        Reading,
        Span,
        Suggestion,
        Task,
    )

# The names of sections as keys, and the sections that count for each.
SECTIONS = {
    "summary": ("summary",),
    "impact": ("impact",),
    "timeline": ("timeline",),
    "detection": ("detection",),
    "root_causes": ("root causes",),
    "trigger": ("trigger",),
    "resolution": ("resolution",),
    "action_items": ("action items",),
    "lessons_learned": (
        "lessons learned",
        "what went well",
        "what went wrong",
        "where we got lucky",
    ),
}
_FACTS = (
    "title",
    "language",
    "authors",
    "date",
    "started_at",
    "detected_at",
    "resolved_at",
    "ended_at",
    "duration_minutes",
    "minutes_to_detect",
    "minutes_to_resolve",
    "exposure",
    "effort",
    "detected_by",
    "severity",
    "services",
)


def reading_to_plain(reading: Reading) -> dict[str, Any]:
    """The document of one text: whether it is a postmortem, why not, and what it says."""
    return {
        "is_postmortem": bool(reading.postmortems),
        "reason": reading.reason,
        "reports": [postmortem_to_plain(one) for one in reading.postmortems],
    }


def postmortem_to_plain(postmortem: Postmortem) -> dict[str, Any]:
    """One incident. A span is the pair of the first and the last character, end excluded."""
    return {
        **{name: _fact(getattr(postmortem, name)) for name in _FACTS},
        "span": _span(postmortem.span),
        "sections": {
            key: any(name in postmortem.sections for name in names)
            for key, names in SECTIONS.items()
        },
        "lessons": {
            name.replace(" ", "_"): name in postmortem.sections
            for name in SECTIONS["lessons_learned"][1:]
        },
        "timeline": [_entry(entry) for entry in postmortem.timeline],
        "action_items": [_task(task) for task in postmortem.action_items],
        "root_causes": _passages(postmortem.root_causes),
        "impact_figures": _passages(postmortem.impact_figures),
        "suggested_kind": _suggestion(postmortem.suggested),
        "conflicts": [_conflict(conflict) for conflict in postmortem.conflicts],
    }


def _fact(fact: Fact[Any]) -> dict[str, Any]:
    return {
        "value": _plain(fact.value),
        "alternatives": [_plain(other) for other in fact.alternatives],
        "confidence": round(fact.confidence, 2),
        "span": _span(fact.span),
    }


def _plain(value: Any) -> Any:
    if isinstance(value, Moment):
        return str(value)
    return list(value) if isinstance(value, tuple) else value


def _span(span: Span | None) -> list[int] | None:
    return [span.start, span.end] if span else None


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "at": str(entry.at) if entry.at else None,
        "until": str(entry.until) if entry.until else None,
        "text": entry.text,
        "mark": entry.mark,
        "span": _span(entry.span),
    }


def _task(task: Task) -> dict[str, Any]:
    return {
        "text": task.text,
        "owner": task.owner,
        "due": task.due,
        "priority": task.priority,
        "done": task.done,
        "span": _span(task.span),
    }


def _passages(passages: Iterable[Passage]) -> list[dict[str, Any]]:
    return [{"text": passage.text, "span": _span(passage.span)} for passage in passages]


def _suggestion(suggestion: Suggestion) -> dict[str, Any]:
    return {
        "kind": suggestion.kind,
        "score": round(suggestion.score, 2),
        "because": list(suggestion.because),
        "draft": suggestion.draft,
    }


def _conflict(conflict: Conflict) -> dict[str, Any]:
    return {
        "rule": conflict.rule,
        "says": conflict.says,
        "spans": [_span(span) for span in conflict.spans],
    }
