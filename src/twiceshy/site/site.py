"""What the pages of one audience are made of, and where each report's page stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from twiceshy.site.slugs import slug

if TYPE_CHECKING:
    import datetime
    from collections.abc import Mapping
    from typing import Self

    from twiceshy.config.project import Project
    from twiceshy.config.project import Site as Settings
    from twiceshy.library import Audience, Entry, Library


@dataclass(frozen=True, slots=True)
class Site:
    """The reports that `audience` may see, on the day `today`.

    `pages` maps the id of a report to the name of its page, `files` that of its file. `live` is
    the state of a served site, "" for a folder.
    """

    library: Library
    audience: Audience
    today: datetime.date
    title: str
    settings: Settings
    entries: tuple[Entry, ...]
    live: str = ""
    by_id: Mapping[str, Entry] = field(default_factory=dict)
    pages: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        library: Library,
        project: Project,
        audience: Audience,
        today: datetime.date,
        live: str = "",
    ) -> Self:
        """The site of a project's library."""
        entries = library.entries(audience)
        pages = {entry.id: slug(entry.id) for entry in entries}
        return cls(
            library=library,
            audience=audience,
            today=today,
            title=project.site.title or project.root.name or "Postmortems",
            settings=project.site,
            entries=entries,
            live=live,
            by_id={entry.id: entry for entry in entries},
            pages=pages,
            files={entry.path.name.lower(): pages[entry.id] for entry in reversed(entries)},
        )

    def href(self, id_: str) -> str:
        """Where a report's page stands, seen from the first page."""
        return f"reports/{self.pages[id_]}.html"

    def beside(self, file: str) -> str | None:
        """The address of the page of the report in `file`, seen from another report's page."""
        page = self.files.get(file.lower())
        return f"{page}.html" if page else None
