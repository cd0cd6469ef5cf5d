"""Rehearsed scripts as Markdown, to be put under a pull request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from twiceshy.render.rehearsed import spoken, waited

if TYPE_CHECKING:
    from collections.abc import Mapping

_SIGNS = {"recurs": "❌", "unknown": "❔", "holds": "✅"}
_QUERIES = 5


def rehearsed_markdown(document: Mapping[str, Any]) -> str:
    """A heading, a table of scripts, and each finding folded open or shut."""
    lines = [f"### {_SIGNS[document['verdict']]} Database scripts: {_says(document)}", ""]
    lines += ["| script | verdict | longest wait seen |", "| --- | --- | --- |"]
    for script in document["scripts"]:
        longest = max((f["waited_ms"] or 0.0 for f in script["findings"]), default=0.0)
        wait = f"{longest:.0f} ms" if longest else ""
        says = spoken(script["would"]) or script["verdict"]
        lines.append(f"| {_cell(script['script'])} | {_SIGNS[script['verdict']]} {says} | {wait} |")
    for finding in document["findings"]:
        lines += ["", *_finding(finding)]
    for reason in document["reasons"]:
        lines += ["", f"Could not tell: {_plain(reason)}"]
    server = document["scope"]["server"]
    notes = [f"Rehearsed on {server}." if server else "", *document["scope"]["notes"]]
    lines += ["", "<sub>" + _plain(" ".join(note for note in notes if note)) + "</sub>", ""]
    return "\n".join(lines)


def _says(document: Mapping[str, Any]) -> str:
    if document["verdict"] == "holds":
        return "would block nobody"
    return document["says"] or "could not tell"


def _finding(found: Mapping[str, Any]) -> list[str]:
    place = f"{found['script']}:{found['line']}" if found["line"] else found["script"]
    lines = [f"**{_plain(found['title'])}** ({_code(place)})", ""]
    if found["mode"]:
        also = f", also on {', '.join(found['also'])}" if found["also"] else ""
        lines.append(f"- lock: {_code(found['mode'])} on {_code(found['relation'])}{_plain(also)}")
    for label, key in (("seen", "seen"), ("in production", "at_production")):
        if found[key]:
            lines.append(f"- {label}: {_plain(found[key])}")
    lines += [
        f"- {_code(waiting['query'])}{_harmless(waited(waiting))}"
        for waiting in found["waiting"][:_QUERIES]
    ]
    if found["remedy"]:
        lines += ["", "<details><summary>What to do instead</summary>", ""]
        lines += _fence(found["remedy"]) if found["remedy_sql"] else [_plain(found["remedy"])]
        lines += ["", "</details>"]
    return lines


def _fence(text: str) -> list[str]:
    ticks = "```"
    while ticks in text:
        ticks += "`"
    return [f"{ticks}sql", text, ticks]


def _code(text: str) -> str:
    """Inline code, whatever it holds."""
    line = " ".join(str(text).split())
    ticks = "`"
    while ticks in line:
        ticks += "`"
    space = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{ticks}{space}{line}{space}{ticks}"


def _plain(text: str) -> str:
    """Text of a script must not become a link, a mention or HTML; code in backticks is code."""
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return _harmless(text.replace("`", "'"))
    told = (_code(p) if place % 2 else _harmless(p) for place, p in enumerate(parts))
    return "".join(told)


def _harmless(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("@", "@\u200b")


def _cell(text: str) -> str:
    return _code(text).replace("|", "\\|")
