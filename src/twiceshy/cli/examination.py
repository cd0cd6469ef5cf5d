"""Tells the doctor's checks one by one."""

from __future__ import annotations

from contextlib import closing
from typing import cast

from twiceshy.cli.consoles import out, page_of, say
from twiceshy.cli.listening import Closable
from twiceshy.config.project import Project


def examined(project: Project) -> bool:
    """Whether nothing is missing; each check is told as soon as it is known."""
    from twiceshy.rehearsal.doctor import examine
    from twiceshy.render.checks import check_lines

    console = out()
    page = page_of(console)
    checks = examine(project)
    well = True
    with closing(cast("Closable", checks)):
        for check in checks:
            well = well and check.ok is not False
            say(console, *check_lines(check.says, check.ok, check.seen, check.todo, page))
    return well
