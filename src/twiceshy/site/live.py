"""The site as it is at this moment, made anew when something changes."""

from __future__ import annotations

import datetime
import hashlib
import threading
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from twiceshy.site import pages, search_index
from twiceshy.site.article import body
from twiceshy.site.site import Site
from twiceshy.site.templates import page
from twiceshy.site.words import WORDS

if TYPE_CHECKING:
    from pathlib import Path

    from twiceshy.config.project import Project
    from twiceshy.library import Audience, Library


@dataclass
class Live:
    """The site as it is now; made anew when a file, a verdict or the day changes."""

    library: Library
    project: Project
    audience: Audience
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _site: Site | None = None
    _makers: pages.Makers = field(default_factory=dict)
    _search: dict[str, str] = field(default_factory=dict)

    def site(self) -> Site:
        """The site of this moment."""
        with self._lock:
            return self._current()

    def _current(self) -> Site:
        today = datetime.datetime.now().astimezone().date()
        changed = self.library.refresh()
        if self._site is None or changed or self._site.today != today:
            site = Site.of(self.library, self.project, self.audience, today)
            self._site = replace(site, live=_state(site, self.project.root))
            self._makers = pages.makers(self._site)
            self._search = {}
        return self._site

    def text(self, path: str) -> str | None:
        """The file at `path`, None when there is none."""
        with self._lock:
            site = self._current()
            try:
                if path.startswith("search/"):
                    self._search = self._search or _searched(site)
                    return self._search.get(path)
                make = self._makers.get(path)
                return make() if make else None
            except LookupError:
                return None  # the report went away between two looks

    def missing(self, path: str) -> str:
        """The page for a `path` that leads nowhere."""
        heading, message = WORDS["not_found"], WORDS["not_found_text"]
        return page(
            self.site(), "message", path, heading=heading, message=message, form=False, to=""
        )

    def door(self, to: str, *, wrong: bool) -> str:
        """The page that asks for the token. It says nothing of the reports."""
        empty = Site(
            library=self.library,
            audience=self.audience,
            today=datetime.datetime.now().astimezone().date(),
            title=WORDS["token_title"],
            settings=self.project.site,
            entries=(),
        )
        heading = WORDS["token_title"]
        message = WORDS["token_wrong"] if wrong else WORDS["token_text"]
        return page(empty, "message", "-/enter", heading=heading, message=message, form=True, to=to)


def _state(site: Site, root: Path) -> str:
    """A name for what the site shows, which stays while no file and no verdict changes."""
    known = hashlib.sha256(repr((site.today, site.entries)).encode("utf-8", "replace"))
    for entry in site.entries:
        with suppress(OSError):
            status = (root / entry.path).stat()
            known.update(f"{status.st_mtime_ns} {status.st_size};".encode())
    return known.hexdigest()[:16]


def _searched(site: Site) -> dict[str, str]:
    """Every file of the index."""
    words = search_index.Words()
    made: dict[str, str] = {}
    for volume in pages.volumes(site):
        found = pages.found_as(site, volume.entry)
        words.add(found, body(volume))
        text = search_index.text_part(found.text, pages.searched(volume))
        made[f"search/{found.text}.js"] = text
    return made | dict(pages.search_files(site, words))
