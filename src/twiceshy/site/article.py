"""All that the page of one report shows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import quote

from markupsafe import Markup

from twiceshy.model.exhibits import Series
from twiceshy.model.postmortem import Postmortem, Span
from twiceshy.render.lanes_svg import lanes_svg
from twiceshy.render.series_svg import series_svg
from twiceshy.site.brief import brief, moment
from twiceshy.site.cards import item, language, state
from twiceshy.site.clock import minutes, span
from twiceshy.site.markup import as_html, contents
from twiceshy.site.slugs import slug
from twiceshy.site.timeline import Point, drawn
from twiceshy.site.words import WORDS

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterator, Sequence

    from twiceshy.library import Entry
    from twiceshy.library.entry import Drawn, GuardState, Volume
    from twiceshy.library.search_records import Similar
    from twiceshy.model.exhibits import Lanes
    from twiceshy.model.postmortem import Entry as Line
    from twiceshy.model.postmortem import Moment
    from twiceshy.site.cards import Item
    from twiceshy.site.site import Site

_BLACK = "\u2588"
_NOTHING = Postmortem(Span(0, 0))


@dataclass(frozen=True, slots=True)
class Shown:
    """One line under "At a glance": its values with their pages."""

    label: str
    values: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Told:
    """One entry of the timeline."""

    clock: str
    words: str
    mark: str


@dataclass(frozen=True, slots=True)
class Seen:
    """What a rehearsal looked like: drawings, each with its title."""

    says: str
    drawings: tuple[tuple[Markup, str], ...]


@dataclass(frozen=True, slots=True)
class Watched:
    """One guard: what it says today, and in words and drawings what is known of it."""

    state: str
    kind: str
    says: str
    lines: tuple[str, ...]
    seen: tuple[Seen, ...] = ()


@dataclass(frozen=True, slots=True)
class Alike:
    """Another report, with the reasons why it is here."""

    href: str
    title: str
    lang: str
    date: datetime.date | None
    reasons: str


@dataclass(frozen=True, slots=True)
class Article:
    """A report's page."""

    title: str
    lang: str
    date: datetime.date | None
    severity: str
    status: str
    visibility: str
    state: str
    edit: str
    json: str
    brief: tuple[tuple[str, str, str], ...]
    facts: tuple[Shown, ...]
    conflicts: tuple[str, ...]
    timeline: tuple[Told, ...]
    drawing: Markup | None
    html: Markup
    toc: tuple[tuple[str, str, int], ...]
    actions: tuple[Item, ...]
    done: int
    guards: tuple[Watched, ...]
    similar: tuple[Alike, ...]


def article(site: Site, volume: Volume, alike: Sequence[Similar]) -> Article:
    """The page of one report."""
    entry = volume.entry
    html = as_html(body(volume), site.beside)
    lines = _marked(entry, [line for one in volume.postmortems for line in one.timeline])
    return Article(
        title=entry.title,
        lang=language(entry),
        date=entry.date,
        severity=entry.severity,
        status=entry.status,
        visibility=entry.visibility.value,
        state=state(entry),
        edit=edit_link(site, entry),
        json=site.href(entry.id).removesuffix(".html") + ".json",
        brief=brief(volume, site.today),
        facts=tuple(_facts(entry, next(iter(volume.postmortems), _NOTHING))),
        conflicts=tuple(c.says for one in volume.postmortems for c in one.conflicts),
        timeline=tuple(Told(_clock(line), line.text, line.mark) for line in lines),
        drawing=drawn(_points(entry, lines)),
        html=Markup(html),  # noqa: S704 - as_html has sanitised it
        toc=tuple(contents(html)),
        actions=tuple(item(site, action) for action in entry.actions),
        done=sum(action.done for action in entry.actions),
        guards=tuple(_watched(guard) for guard in entry.guards),
        similar=tuple(_alike(site, other) for other in alike),
    )


def body(volume: Volume) -> str:
    """The report's text below its front matter and the heading that only repeats its title."""
    sections = volume.report.sections
    if not sections and volume.text.strip():
        return volume.text
    written = []
    for place, section in enumerate(sections):
        is_title = place <= 1 and section.heading.strip() == volume.entry.title.strip()
        if section.level and not is_title:
            written.append(f"{'#' * section.level} {section.heading}")
        written.append(section.text)
    return "\n\n".join(written).strip("\n")


def edit_link(site: Site, entry: Entry) -> str:
    """Where the report is edited; "" where that is not known or not for this audience."""
    path = entry.path.as_posix()
    if not site.settings.edit or _BLACK in path:
        return ""
    return site.settings.edit.replace("{path}", quote(path))


def _marked(entry: Entry, lines: Sequence[Line]) -> list[Line]:
    """The timeline; a turning point that no line claims is given to the line of its moment."""
    known = {
        "start": entry.started_at,
        "detected": entry.detected_at,
        "resolved": entry.resolved_at or entry.ended_at,
    }
    marked = list(lines)
    for mark, moment_of in known.items():
        if moment_of is None or any(line.mark == mark for line in lines):
            continue
        for place, line in enumerate(marked):
            if not line.mark and line.at is not None and _same(line.at, moment_of):
                marked[place] = replace(line, mark=mark)
                break
    return marked


def _same(one: Moment, other: Moment) -> bool:
    return (one.month, one.day, one.hour, one.minute) == (
        other.month,
        other.day,
        other.hour,
        other.minute,
    )


def _points(entry: Entry, lines: Sequence[Line]) -> list[Point]:
    """What the drawing shows: the entries of the timeline, else only the turning points."""
    points = [
        Point(at, _clock(line), line.text, line.mark)
        for line, at in zip(lines, minutes([line.at for line in lines]), strict=True)
        if at is not None
    ]
    if len(points) > 1:
        return points
    named = (
        ("start", entry.started_at),
        ("detected", entry.detected_at),
        ("resolved", entry.resolved_at or entry.ended_at),
    )
    known = [(mark, at) for mark, at in named if at is not None and at.hour is not None]
    places = minutes([at for _, at in known])
    return [
        Point(place, moment(at), "", mark)
        for (mark, at), place in zip(known, places, strict=True)
        if place is not None
    ]


def _clock(line: Line) -> str:
    if line.at is None:
        return ""
    until = f"\u2013{_hours(line.until)}" if line.until and line.until.hour is not None else ""
    return f"{moment(line.at) if line.at.hour is None else _hours(line.at)}{until}"


def _hours(at: Moment) -> str:
    return f"{at.hour or 0:02d}:{at.minute or 0:02d}"


def _facts(entry: Entry, told: Postmortem) -> Iterator[Shown]:
    """Whatever is known, in a fixed order."""
    for name in ("severity", "services", "tags"):
        yield from _topics(entry, name)
    moments = {
        "started": entry.started_at,
        "detected": entry.detected_at,
        "resolved": entry.resolved_at,
        "closed": entry.ended_at if entry.ended_at != entry.resolved_at else None,
    }
    for name, at in moments.items():
        if at is not None:
            yield Shown(WORDS[name], ((moment(at), ""),))
    lengths = {
        "duration": entry.duration_minutes,
        "to_detect": entry.minutes_to_detect,
        "to_resolve": entry.minutes_to_resolve,
    }
    for name, length in lengths.items():
        if length is not None:
            yield Shown(WORDS[name], ((span(length), ""),))
    yield from _words(entry, told)


def _topics(entry: Entry, name: str) -> Iterator[Shown]:
    if name == "severity":
        if entry.severity:
            yield Shown(WORDS[name], ((entry.severity, ""),))
        return
    values: tuple[str, ...] = getattr(entry, name)
    if values:
        yield Shown(WORDS[name], tuple((each, f"{name}/{slug(each)}.html") for each in values))


def _words(entry: Entry, told: Postmortem) -> Iterator[Shown]:
    if entry.detected_by:
        by = WORDS.get(f"by_{entry.detected_by}", entry.detected_by)
        yield Shown(WORDS["detected_by"], ((by, ""),))
    for name in ("exposure", "effort"):
        value = getattr(told, name).value
        if value:
            yield Shown(WORDS[name], ((value, ""),))
    status = WORDS.get(f"status_{entry.status}", entry.status)
    several = {"authors": entry.authors, "reviewers": entry.reviewers}
    if status:
        yield Shown(WORDS["status"], ((status, ""),))
    for name, people in several.items():
        if people:
            yield Shown(WORDS[name], tuple((each, "") for each in people))


def _watched(guard: GuardState) -> Watched:
    today = guard.today
    lines = []
    if guard.at is not None:
        lines.append(WORDS["rehearsed_at"].format(at=f"{guard.at:%Y-%m-%d %H:%M}"))
    lines += [
        WORDS["on_version"].format(version=version, verdict=WORDS[f"verdict_{value}"].lower())
        for version, value in guard.verdicts.items()
        if version
    ]
    if guard.proved:
        lines.append(WORDS["guard_proved"])
    elif guard.at is not None and not guard.reproduced:
        lines.append(WORDS["guard_unreproduced"])
    verdict = today.value if today else "never"
    seen = tuple(_seen(one) for one in guard.drawings)
    return Watched(verdict, guard.kind, WORDS[f"guard_{verdict}"], tuple(lines), seen)


def _seen(drawn: Drawn) -> Seen:
    verdict = WORDS[f"verdict_{drawn.value}"].lower()
    words = WORDS["seen_on" if drawn.version else "seen_today"]
    says = words.format(version=drawn.version, verdict=verdict)
    return Seen(says, tuple((_drawing(one), one.title) for one in drawn.exhibits))


def _drawing(shown: Series | Lanes) -> Markup:
    drawing = series_svg(shown) if isinstance(shown, Series) else lanes_svg(shown)
    return Markup(drawing)  # noqa: S704 - the drawings escape every text in them


def _alike(site: Site, other: Similar) -> Alike:
    reasons = "; ".join(reason.says for reason in other.reasons)
    entry = other.entry
    return Alike(site.href(entry.id), entry.title, language(entry), entry.date, reasons)
