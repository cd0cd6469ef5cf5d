"""A run as JUnit XML, which continuous integration reads. Made of the document for programs.

A guard is a test case: `recurs` is a failure; `unknown`, like a broken report, is an error, or
skipped where it is allowed. The text of each is that of the terminal.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, Any

from twiceshy.model.plain import verdict_from_plain
from twiceshy.render.details import conclusion
from twiceshy.render.legible import one_line
from twiceshy.render.marks import Page
from twiceshy.render.run_words import place_of

if TYPE_CHECKING:
    from collections.abc import Mapping

_WIDTH = 80
# What XML 1.0 cannot hold, not even escaped.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_COUNTED = ("failure", "error", "skipped")


def junit(document: Mapping[str, Any], *, allow_unknown: bool = False) -> str:
    """A suite a report, a case a guard."""
    root = ET.Element("testsuites", name="twiceshy", time=f"{document['seconds']:.3f}")
    for report in document["reports"]:
        suite = ET.SubElement(root, "testsuite", name=_said(report["title"] or report["path"]))
        for guard in report["guards"]:
            _guard(suite, report, guard, allow_unknown=allow_unknown)
        for problem in report["problems"]:
            _problem(suite, report, problem)
        _count(suite, suite)
        suite.set("time", f"{sum(guard['seconds'] for guard in report['guards']):.3f}")
    _count(root, root)
    ET.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _guard(
    suite: ET.Element, report: Mapping[str, Any], guard: Mapping[str, Any], *, allow_unknown: bool
) -> None:
    name = f"{guard['kind']}:{guard['line']}" + f" [{guard['version']}]" * bool(guard["version"])
    case = _case(suite, report, guard, name)
    case.set("time", f"{guard['seconds']:.3f}")
    if guard["verdict"] == "holds":
        return
    because = [found["title"] for found in guard["findings"]] or guard["reasons"]
    unknown = "skipped" if allow_unknown else "error"
    sort = "failure" if guard["verdict"] == "recurs" else unknown
    outcome = ET.SubElement(case, sort, type=guard["verdict"])
    outcome.set("message", _said(because[0] if because else "no verdict was reached"))
    lines = conclusion(verdict_from_plain(guard), Page(_WIDTH))
    text = "\n".join(line.plain.rstrip() for line in lines)
    outcome.text = _writable(f"{place_of(guard)}\n{text}")


def _problem(suite: ET.Element, report: Mapping[str, Any], problem: Mapping[str, Any]) -> None:
    case = _case(suite, report, problem, f"problem:{problem['line']}")
    case.set("time", "0.000")
    outcome = ET.SubElement(case, "error", type="broken", message=_said(problem["happened"]))
    told = (place_of(problem), problem["happened"], problem["seen"], problem["todo"])
    outcome.text = _writable("\n".join(part for part in told if part))


def _case(
    suite: ET.Element, report: Mapping[str, Any], record: Mapping[str, Any], name: str
) -> ET.Element:
    about = {"classname": _said(report["id"] or report["path"]), "name": _said(name)}
    return ET.SubElement(
        suite, "testcase", {**about, "file": _said(record["file"]), "line": str(record["line"])}
    )


def _count(element: ET.Element, within: ET.Element) -> None:
    element.set("tests", str(len(list(within.iter("testcase")))))
    for sort in _COUNTED:
        plural = sort if sort == "skipped" else f"{sort}s"
        element.set(plural, str(len(list(within.iter(sort)))))


def _said(text: str) -> str:
    return _writable(one_line(text))


def _writable(text: str) -> str:
    return _FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", text)
