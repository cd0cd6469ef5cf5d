"""The front door: a text of any make into the postmortems that it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twiceshy.model.postmortem import Fact, Passage, Postmortem, Reading, Span
from twiceshy.reports.headings import ACTION_ITEMS, TIMELINE
from twiceshy.reports.prose.causes import causes_of
from twiceshy.reports.prose.contents import contents_of
from twiceshy.reports.prose.detection import detected_by
from twiceshy.reports.prose.document import Form
from twiceshy.reports.prose.extent import impact_figures_of, services_of, severity_of
from twiceshy.reports.prose.genuine import reason_against
from twiceshy.reports.prose.kinds import suggestion_of
from twiceshy.reports.prose.labels import labelled
from twiceshy.reports.prose.language import language_of
from twiceshy.reports.prose.parse import LONGEST, parse_document
from twiceshy.reports.prose.people import authors_of
from twiceshy.reports.prose.statements import statements
from twiceshy.reports.prose.tasks import tasks_of
from twiceshy.reports.prose.times import times_of
from twiceshy.reports.prose.titles import title_of
from twiceshy.reports.prose.weighing import weighed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from twiceshy.model.postmortem import Entry, Task
    from twiceshy.reports.front_matter import Top
    from twiceshy.reports.prose.document import Document

_LEAST_ENTRIES = 2


def read_postmortems(text: str, name: str, top: Top | None = None) -> Reading:
    """What a text tells of incidents; `name` is its path, "-" for standard input.

    Never raises for content. What holds no postmortem yields none, with the reason. `top` is the
    front matter, where that was read before.
    """
    if len(text) > LONGEST:
        return Reading(reason=f"it is too long: {len(text):,} characters, at most {LONGEST:,}")
    documents = parse_document(text, name, top)
    reasons = [reason_against(document) for document in documents]
    told = [document for document, reason in zip(documents, reasons, strict=True) if not reason]
    if not told:
        return Reading(reason=reasons[0])
    ends = [document.part.start for document in told[1:]] + [len(text)]
    starts = [0, *ends[:-1]]
    # What stands between incidents goes with the one before it, so that nothing is left out.
    spans = [Span(start, end) for start, end in zip(starts, ends, strict=True)]
    return Reading(tuple(map(_postmortem, told, spans)))


def _postmortem(document: Document, span: Span) -> Postmortem:
    """One incident: each part is found by the module that knows how."""
    times = times_of(document)
    said = statements(document)
    evidence = weighed(document, said)
    tasks = tasks_of(document)
    labels = tuple(labelled(document))
    return Postmortem(
        span=span,
        title=title_of(document),
        language=_language(document),
        authors=authors_of(document, labels),
        date=times.date,
        started_at=times.started_at,
        detected_at=times.detected_at,
        resolved_at=times.resolved_at,
        ended_at=times.ended_at,
        duration_minutes=times.duration_minutes,
        minutes_to_detect=times.minutes_to_detect,
        minutes_to_resolve=times.minutes_to_resolve,
        exposure=times.exposure,
        effort=times.effort,
        detected_by=detected_by(document, said),
        severity=severity_of(document, labels),
        services=services_of(document, labels),
        sections=_sections(document, times.timeline, tasks),
        timeline=times.timeline,
        action_items=tasks,
        root_causes=causes_of(document, said, evidence),
        impact_figures=impact_figures_of(document),
        conflicts=times.conflicts,
        suggested=suggestion_of(document, evidence),
    )


def _sections(
    document: Document, timeline: Sequence[Entry], tasks: Sequence[Task]
) -> Mapping[str, Passage]:
    """What is there under its heading, or was found as such without one."""
    found = dict(contents_of(document))
    if TIMELINE not in found and len(timeline) >= _LEAST_ENTRIES:
        found[TIMELINE] = _passage(timeline)
    if ACTION_ITEMS not in found and tasks:
        found[ACTION_ITEMS] = _passage(tasks)
    return found


def _passage(found: Sequence[Entry] | Sequence[Task]) -> Passage:
    spans = [one.span for one in found if one.span]
    ends = [span.end for span in spans]
    place = Span(min(span.start for span in spans), max(ends)) if spans else None
    return Passage("\n".join(one.text for one in found), place)


def _language(document: Document) -> Fact[str]:
    """As the words say; what the front matter states is only an alternative."""
    words = "\n".join(block.text for block in document.blocks if block.form is not Form.CODE)
    _, sure, near = language_of(words)
    stated = document.front_matter.get("lang", document.front_matter.get("language"))
    others = [*near, str(stated)[:2].lower()] if isinstance(stated, str) else list(near)
    alternatives = dict.fromkeys(other for other in others if other != document.language)
    return Fact(document.language, tuple(alternatives), sure)
