"""A verdict as plain values (dictionaries, lists, texts) and back: for files and programs."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from twiceshy.model.exhibits import Band, Lane, Lanes, Line, Path, Series, SideBySide, Span, Table
from twiceshy.model.verdict import Finding, Scope, Value, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from twiceshy.model.exhibits import Exhibit

TEXTS = (
    "rule",
    "title",
    "request",
    "curl",
    "actor",
    "owner",
    "state",
    "where",
    "before",
    "after",
    "statement",
    "seen",
)
"""The fields of a finding that are one text each."""

SPAN = ("began", "ended", "waits", "says", "behind")
"""The fields of a span."""

BAND = ("began", "ended", "says")
"""The fields of a band."""


def verdict_to_plain(verdict: Verdict) -> dict[str, Any]:
    """The whole verdict; `verdict_from_plain` gives an equal one back."""
    return {
        "verdict": verdict.value.value,
        "reasons": list(verdict.reasons),
        "findings": [_finding_to_plain(finding) for finding in verdict.findings],
        "scope": {
            "tried": list(verdict.scope.tried),
            "untried": [{"what": what, "why": why} for what, why in verdict.scope.untried],
            "notes": list(verdict.scope.notes),
            "server": verdict.scope.server,
        },
        "exhibits": [exhibit_to_plain(exhibit) for exhibit in verdict.exhibits],
    }


def verdict_from_plain(plain: Mapping[str, Any]) -> Verdict:
    """The verdict that these values say; KeyError or ValueError when they say none."""
    scope = plain["scope"]
    return Verdict(
        Value(plain["verdict"]),
        tuple(_finding_from_plain(finding) for finding in plain["findings"]),
        Scope(
            tuple(scope["tried"]),
            tuple((pair["what"], pair["why"]) for pair in scope["untried"]),
            tuple(scope["notes"]),
            scope["server"],
        ),
        tuple(plain["reasons"]),
        # Verdicts that were archived before they had exhibits of their own have none.
        tuple(exhibit_from_plain(exhibit) for exhibit in plain.get("exhibits", ())),
    )


def _finding_to_plain(finding: Finding) -> dict[str, Any]:
    plain: dict[str, Any] = {name: getattr(finding, name) for name in TEXTS}
    plain["remedy"] = finding.remedy
    plain["data"] = list(finding.data)
    plain["exhibits"] = [exhibit_to_plain(exhibit) for exhibit in finding.exhibits]
    return plain


def _finding_from_plain(plain: Mapping[str, Any]) -> Finding:
    return Finding(
        **{name: plain[name] for name in TEXTS},
        data=tuple(plain["data"]),
        exhibits=tuple(exhibit_from_plain(exhibit) for exhibit in plain["exhibits"]),
        # Verdicts that were archived before there were remedies have none.
        remedy=plain.get("remedy", ""),
    )


def exhibit_to_plain(exhibit: Exhibit) -> dict[str, Any]:
    """One exhibit, with its `form`."""
    if isinstance(exhibit, SideBySide):
        return {
            "form": "side by side",
            "title": exhibit.title,
            "left_title": exhibit.left_title,
            "left": exhibit.left,
            "right_title": exhibit.right_title,
            "right": exhibit.right,
            "highlights": list(exhibit.highlights),
        }
    if isinstance(exhibit, Table):
        rows = [list(row) for row in exhibit.rows]
        columns = list(exhibit.columns)
        return {"form": "table", "title": exhibit.title, "columns": columns, "rows": rows}
    if isinstance(exhibit, Lanes):
        return _lanes_to_plain(exhibit)
    if isinstance(exhibit, Series):
        return _series_to_plain(exhibit)
    steps = [{"what": what, "detail": detail} for what, detail in exhibit.steps]
    return {"form": "path", "title": exhibit.title, "steps": steps}


def exhibit_from_plain(plain: Mapping[str, Any]) -> Exhibit:
    """The exhibit that these values say; KeyError or ValueError when they say none."""
    values = {name: value for name, value in plain.items() if name != "form"}
    if plain["form"] == "side by side":
        return SideBySide(**{**values, "highlights": tuple(values["highlights"])})
    if plain["form"] == "table":
        rows = tuple(tuple(row) for row in values["rows"])
        return Table(values["title"], tuple(values["columns"]), rows)
    if plain["form"] == "path":
        steps = tuple((step["what"], step["detail"]) for step in values["steps"])
        return Path(values["title"], steps)
    if plain["form"] == "lanes":
        lanes = tuple(_lane_from_plain(lane) for lane in values["lanes"])
        return Lanes(values["title"], values["seconds"], lanes)
    if plain["form"] == "series":
        return _series_from_plain(values)
    raise ValueError(plain["form"])


def _lanes_to_plain(shown: Lanes) -> dict[str, Any]:
    lanes = [
        {
            "name": lane.name,
            "sort": lane.sort,
            "detail": lane.detail,
            "spans": [{name: getattr(span, name) for name in SPAN} for span in lane.spans],
        }
        for lane in shown.lanes
    ]
    return {"form": "lanes", "title": shown.title, "seconds": shown.seconds, "lanes": lanes}


def _lane_from_plain(plain: Mapping[str, Any]) -> Lane:
    spans = tuple(Span(**span) for span in plain["spans"])
    return Lane(plain["name"], plain["sort"], spans, plain["detail"])


def _series_to_plain(shown: Series) -> dict[str, Any]:
    return {
        "form": "series",
        "title": shown.title,
        "unit": shown.unit,
        "seconds": shown.seconds,
        "lines": [
            {"name": line.name, "steps": line.steps, "points": _points_to_plain(line)}
            for line in shown.lines
        ],
        "bands": [{name: getattr(band, name) for name in BAND} for band in shown.bands],
        "logarithmic": shown.logarithmic,
    }


def _points_to_plain(line: Line) -> list[list[float]]:
    """JSON has no NaN and no infinity; a point that is left out is a gap, as it should be."""
    return [[at, value] for at, value in line.points if math.isfinite(at) and math.isfinite(value)]


def _series_from_plain(values: Mapping[str, Any]) -> Series:
    lines = tuple(
        Line(line["name"], tuple((at, value) for at, value in line["points"]), line["steps"])
        for line in values["lines"]
    )
    bands = tuple(Band(**band) for band in values["bands"])
    return Series(**{**values, "lines": lines, "bands": bands})
