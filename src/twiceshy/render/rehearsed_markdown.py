"""Rehearsed scripts as Markdown, to be put under a pull request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from twiceshy.render.markdown import SIGNS, cell, code, fence, harmless, plain
from twiceshy.render.rehearsed import spoken, waited

if TYPE_CHECKING:
    from collections.abc import Mapping

_QUERIES = 5


def rehearsed_markdown(document: Mapping[str, Any]) -> str:
    """A heading, a table of scripts, and each finding folded open or shut."""
    lines = [f"### {SIGNS[document['verdict']]} Database scripts: {_says(document)}", ""]
    lines += ["| script | verdict | longest wait seen |", "| --- | --- | --- |"]
    for script in document["scripts"]:
        longest = max((f["waited_ms"] or 0.0 for f in script["findings"]), default=0.0)
        wait = f"{longest:.0f} ms" if longest else ""
        says = spoken(script["would"]) or script["verdict"]
        lines.append(f"| {cell(script['script'])} | {SIGNS[script['verdict']]} {says} | {wait} |")
    for finding in document["findings"]:
        lines += ["", *_finding(finding)]
    for reason in document["reasons"]:
        lines += ["", f"Could not tell: {plain(reason)}"]
    server = document["scope"]["server"]
    notes = [f"Rehearsed on {server}." if server else "", *document["scope"]["notes"]]
    lines += ["", "<sub>" + plain(" ".join(note for note in notes if note)) + "</sub>", ""]
    return "\n".join(lines)


def _says(document: Mapping[str, Any]) -> str:
    if document["verdict"] == "holds":
        return "would block nobody"
    return document["says"] or "could not tell"


def _finding(found: Mapping[str, Any]) -> list[str]:
    place = f"{found['script']}:{found['line']}" if found["line"] else found["script"]
    lines = [f"**{plain(found['title'])}** ({code(place)})", ""]
    if found["mode"]:
        also = f", also on {', '.join(found['also'])}" if found["also"] else ""
        lines.append(f"- lock: {code(found['mode'])} on {code(found['relation'])}{plain(also)}")
    for label, key in (("seen", "seen"), ("in production", "at_production")):
        if found[key]:
            lines.append(f"- {label}: {plain(found[key])}")
    lines += [
        f"- {code(waiting['query'])}{harmless(waited(waiting))}"
        for waiting in found["waiting"][:_QUERIES]
    ]
    if found["remedy"]:
        lines += ["", "<details><summary>What to do instead</summary>", ""]
        lines += fence(found["remedy"], "sql") if found["remedy_sql"] else [plain(found["remedy"])]
        lines += ["", "</details>"]
    return lines
