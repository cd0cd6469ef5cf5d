"""The page of statistics."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

from twiceshy.site.cards import card, state
from twiceshy.site.charts import Chart, bars, columns, periods, share
from twiceshy.site.clock import span
from twiceshy.site.lists import rank
from twiceshy.site.templates import page
from twiceshy.site.words import WORDS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from twiceshy.library.statistics_records import Statistics
    from twiceshy.site.site import Site

_STATES = ("holds", "recurs", "unknown", "never", "none")


def statistics(site: Site) -> str:
    """Counts and times, each as a picture and as a table."""
    stats = site.library.stats(site.audience, site.today)
    charts = [
        _over_time(stats),
        _times(site),
        _detected_by(stats),
        _coverage(site),
        _severities(stats),
    ]
    again = [
        {
            "kind": each.kind,
            "mechanism": each.mechanism,
            "reports": [card(site, site.by_id[id_]) for id_ in each.reports if id_ in site.by_id],
        }
        for each in stats.recurrences
    ]
    return page(site, "statistics", "statistics.html", charts=charts, recurrences=again)


def _over_time(stats: Statistics) -> Chart:
    counts = periods(stats.by_month)
    return Chart(
        "over-time",
        WORDS["by_time"],
        (WORDS["period"], WORDS["count"]),
        tuple((name, str(count)) for name, count in counts.items()),
        columns(WORDS["by_time"], counts),
    )


def _times(site: Site) -> Chart:
    """Medians by year, and of all."""
    years = sorted({entry.date.year for entry in site.entries if entry.date}, reverse=True)
    rows: list[tuple[str, str, str]] = []
    drawn: list[tuple[str, float, str, str]] = []
    for year in (None, *(years if len(years) > 1 else ())):
        own = [e for e in site.entries if year is None or (e.date and e.date.year == year)]
        detect = _median(e.minutes_to_detect for e in own)
        resolve = _median(e.minutes_to_resolve for e in own)
        if detect is None and resolve is None:
            continue
        name = str(year) if year else WORDS["all_reports"]
        rows.append((name, _length(detect), _length(resolve)))
        both = (("median_detect", detect, ""), ("median_resolve", resolve, "second"))
        for label, value, class_ in both:
            if value is not None:
                drawn.append((f"{name}: {WORDS[label].lower()}", value, span(value), class_))
    head = (WORDS["period"], WORDS["median_detect"], WORDS["median_resolve"])
    label, note = WORDS["times"], WORDS["times_note"]
    return Chart("times", label, head, tuple(rows), bars(label, drawn), note)


def _median(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return median(known) if known else None


def _length(value: float | None) -> str:
    return "" if value is None else span(value)


def _detected_by(stats: Statistics) -> Chart:
    # What says nothing comes last, whatever its number.
    ordered = sorted(stats.by_detected_by, key=lambda by: not by)
    named = {WORDS.get(f"by_{by}", by): stats.by_detected_by[by] for by in ordered}
    return _bars("detection", WORDS["detection"], WORDS["detected_by"], named)


def _severities(stats: Statistics) -> Chart:
    ordered = sorted(stats.by_severity, key=lambda severity: (rank(severity), severity))
    named = {severity or WORDS["by_"]: stats.by_severity[severity] for severity in ordered}
    return _bars("severities", WORDS["severities"], WORDS["severity"], named)


def _bars(anchor: str, label: str, column: str, counts: dict[str, int]) -> Chart:
    rows = tuple((name, str(count)) for name, count in counts.items())
    drawing = bars(label, [(name, count, str(count), "") for name, count in counts.items()])
    return Chart(anchor, label, (column, WORDS["count"]), rows, drawing)


def _coverage(site: Site) -> Chart:
    states = [state(entry) for entry in site.entries]
    parts = [(WORDS[f"verdict_{s}"], states.count(s), s) for s in _STATES]
    label = WORDS["coverage"]
    rows = tuple((name, str(count)) for name, count, _ in parts) if states else ()
    head = (WORDS["guards"], WORDS["count"])
    return Chart("coverage", label, head, rows, share(label, parts), WORDS["coverage_note"])
