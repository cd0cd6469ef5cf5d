"""Writes or serves the pages, and says where they are."""

from __future__ import annotations

import datetime
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from twiceshy.cli.consoles import out, say
from twiceshy.config.project import Project
from twiceshy.errors import UsageError

if TYPE_CHECKING:
    from twiceshy.site.build import Built

IMPORTS = ("jinja2", "nh3", "starlette", "uvicorn")
"""What the pages need; the extra `site` brings it."""


def check_extra() -> None:
    """Raise UsageError where the extra is not installed."""
    missing = [module for module in IMPORTS if find_spec(module) is None]
    if missing:
        raise UsageError(
            "The pages need packages that are not installed",
            seen=f"missing: {', '.join(missing)}",
            todo='Install them with: pip install "twiceshy[site]"',
        )


def built_pages(project: Project, audience: str, folder: Path) -> tuple[int, Built]:
    """Write the pages into `folder`: how many reports there are, and what was written."""
    from twiceshy.library import Audience, Library
    from twiceshy.site.build import build
    from twiceshy.site.site import Site

    today = datetime.datetime.now().astimezone().date()
    with Library.open(project) as library:
        site = Site.of(library, project, Audience(audience), today)
        return len(site.entries), build(site, folder)


def write_pages(project: Project, audience: str, folder: Path) -> None:
    """Write the pages into `folder`, and say so."""
    from twiceshy.site.build import check_place

    check_place(folder, project)
    reports, built = built_pages(project, audience, folder)
    count = "1 report" if reports == 1 else f"{reports} reports"
    say(
        out(),
        f"{count} for the audience {audience}, {built.files} files "
        f"({built.changed} new or changed, {built.removed} deleted)",
        f"Open {(folder / 'index.html').absolute()}",
    )


def serve_pages(project: Project, audience: str, host: str, port: int, token: str) -> None:
    """Serve the pages until Ctrl-C."""
    from twiceshy.library import Audience, Library
    from twiceshy.site.live import Live
    from twiceshy.site.serve import listen, serve

    with listen(host, port, token) as listener, Library.open(project) as library:
        address, number = listener.getsockname()[:2]
        shown = f"[{address}]" if ":" in address else address
        say(out(), f"The {audience} edition is at http://{shown}:{number}/  (Ctrl-C ends)")
        serve(Live(library, project, Audience(audience)), listener, token)
