"""Writes the file of a new report."""

from __future__ import annotations

import datetime
import json
import os
import re
import unicodedata
from pathlib import Path

from twiceshy.config.project import Project
from twiceshy.errors import UsageError, nearest

LONGEST = 60
"""Characters of a title that go into a file's name."""


def write_draft(project: Project, title: str, kind: str, day: datetime.date) -> Path:
    """The path, from here, of the new report. Raises UsageError when it exists already."""
    from twiceshy.guards import kind_named, kinds
    from twiceshy.reports import new_report

    if not title.strip():
        raise UsageError("A report needs a title", todo='For example: `twiceshy new "What broke"`.')
    if kind_named(kind) is None:
        names = [one.name for one in kinds()]
        like = nearest(kind, names)
        raise UsageError(
            f"There is no kind of guard named {kind}",
            seen=f"kinds: {', '.join(names)}",
            todo=f"Did you mean {like}?" if like else "",
        )
    path = project.root / project.reports / f"{day.isoformat()}-{slug(title)}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(new_report(title.strip(), day, kind, guard=_beginning(project, kind)))
    except FileExistsError:
        raise UsageError(
            "This report exists already",
            where=str(path),
            todo="Go on writing there, or choose another title.",
        ) from None
    return Path(os.path.relpath(path))


def _beginning(project: Project, kind: str) -> str | None:
    """The guard with the project's own actors, so that it can be run as it is; else the hint."""
    names = list(project.actors)
    if kind != "isolation" or len(names) < 2:
        return None
    return (
        "# The requests that showed (or could have shown) something that belongs to others.\n"
        'requests = ["GET /"]\n'
        f"as = {json.dumps(names[0])}\n"
        f"against = {json.dumps(names[1])}\n"
    )


def slug(title: str) -> str:
    """The title as part of a file's name: plain letters and digits, joined by hyphens."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    words = re.findall(r"[a-z0-9]+", plain.lower())
    cut = "-".join(words)[:LONGEST]
    whole = cut if len("-".join(words)) <= LONGEST else cut.rpartition("-")[0] or cut
    return whole or "report"
