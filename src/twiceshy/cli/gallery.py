"""The pages of a demo: the examples' reports, with the verdicts that were just seen."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from twiceshy.archive.recorder import Recorder
from twiceshy.cli.listening import Listener
from twiceshy.cli.pages import IMPORTS, built_pages, check_extra
from twiceshy.cli.showcase import folder

_SETTINGS = """\
reports = "postmortems"

[site]
title = "Incidents of the examples"
"""


@dataclass(frozen=True, slots=True)
class Gallery:
    """A project of its own that holds the reports; `to` is where its pages go, if they stay."""

    root: Path
    to: Path | None
    listeners: tuple[Listener, ...] = ()

    def pages(self) -> str:
        """Make the pages; a sentence on where they are, "" without what they need."""
        if not self.listeners:
            return ""
        from twiceshy.config.load import load_project

        place = self.to or self.root / "site"
        _, built = built_pages(load_project(self.root), "restricted", place)
        if self.to is None:
            return (
                f"The reports were also made into pages, {built.files} files.\n"
                "Keep and open them with: twiceshy demo --site FOLDER"
            )
        return f"The reports as pages: {(place / 'index.html').absolute()}"


@contextmanager
def gallery(names: Sequence[str], to: Path | None) -> Iterator[Gallery]:
    """A place for the reports of these examples, which goes away; the pages in `to` stay.

    Raises UsageError when pages are wanted and cannot be made.
    """
    if to is not None:
        check_extra()
        from twiceshy.site.build import earlier

        earlier(to)  # told before the examples are played, which takes a while
    with tempfile.TemporaryDirectory(prefix="twiceshy-demo-", ignore_cleanup_errors=True) as temp:
        root = Path(temp).resolve()
        if any(find_spec(module) is None for module in IMPORTS):
            yield Gallery(root, to)
            return
        (root / "twiceshy.toml").write_text(_SETTINGS, encoding="utf-8")
        for name in names:
            reports = folder() / name / "postmortems"
            shutil.copytree(reports, root / "postmortems" / name)
        with Recorder(root) as recorder:
            yield Gallery(root, to, (recorder,))
