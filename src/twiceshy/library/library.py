"""The front door to all reports of a project."""

from __future__ import annotations

from threading import RLock
from typing import TYPE_CHECKING

from twiceshy.library.audience import Audience
from twiceshy.library.catalogue import filtered_by
from twiceshy.library.entry import Volume
from twiceshy.library.index import Index
from twiceshy.library.proofs import Proofs
from twiceshy.library.search import exclusion, expression, terms
from twiceshy.library.search_records import Filters, Hits, Similar
from twiceshy.library.statistics import by_owner, in_order, statistics_of
from twiceshy.library.view import View
from twiceshy.library.words import fold

if TYPE_CHECKING:
    import datetime
    from collections.abc import Mapping
    from types import TracebackType
    from typing import Any, Self

    from twiceshy.config.project import Project
    from twiceshy.library.entry import Action, Entry
    from twiceshy.library.statistics_records import OwnerCount, Statistics

_ALL = Filters()


class Library:
    """All reports of one project. Close it, or use it as a context manager.

    Several processes may use one at once, and several threads the same object.
    """

    def __init__(self, project: Project) -> None:
        self.root = project.root
        self._lock = RLock()
        self._index = Index(project.root, project.root / project.reports)
        self._proofs = Proofs(project.root)
        self._version = -1
        self._views: dict[Audience, View] = {}
        self._facets: dict[int, Mapping[str, Any]] = {}

    @classmethod
    def open(cls, project: Project) -> Self:
        """The library, up to date. A project without reports has an empty one."""
        library = cls(project)
        try:
            library.refresh()
        except BaseException:
            library.close()
            raise
        return library

    def __enter__(self) -> Self:
        """The library itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Close the index."""
        self._index.close()

    def refresh(self) -> bool:
        """Read files that changed since last time, and the archive; whether anything did."""
        with self._lock:
            changed = self._index.refresh()
            version = self._index.version()
            proved = self._proofs.refresh()
            if changed or proved or version != self._version:
                self._version = version
                self._views = {}
                return True
            return False

    def entries(self, audience: Audience) -> tuple[Entry, ...]:
        """All reports, the newest first, those without a date last."""
        view = self._view(audience)
        every = view.every()
        # Another process may have read one anew since the catalogue was made.
        return tuple(every[number] for number in view.catalogue.newest if number in every)

    def entry(self, id_: str, audience: Audience) -> Entry | None:
        """One report by its id."""
        view = self._view(audience)
        number = view.catalogue.numbers.get(id_)
        return None if number is None else view.entry(number)

    def volume(self, id_: str, audience: Audience) -> Volume | None:
        """One report with its text and all that can be read in it.

        None where there is none for this audience, or none any more.
        """
        # As in the index: most who open a library read no report anew.
        from twiceshy.library.editions import redacted  # noqa: PLC0415 - see above
        from twiceshy.library.reading import read_content, read_edition  # noqa: PLC0415 - see above

        view = self._view(audience)
        number = view.catalogue.numbers.get(id_)
        if number is None:
            return None
        entry = view.entry(number)
        path = view.paths[number]
        content = read_content(self.root / path)
        edition = redacted(content.text, path, audience)
        reading = read_edition(edition) if edition else None
        if entry is None or reading is None:
            return None
        return Volume(entry, reading.text, reading.report, reading.postmortems)

    def search(
        self,
        query: str,
        filters: Filters = _ALL,
        audience: Audience = Audience.PUBLIC,
        *,
        limit: int = 20,
        offset: int = 0,
    ) -> Hits:
        """Reports that hold every word of `query`, the last one also as a beginning.

        Words in quotes have to follow each other, a word behind a minus must not occur. An empty
        query finds all, the newest first; so does one that only excludes, but for those.
        """
        view = self._view(audience)
        wanted = terms(query)
        if query.strip() and not wanted:
            return Hits(0)
        found = view.found(expression(wanted), exclusion(wanted), filters)
        page = [view.hit(number, wanted) for number in found.best(offset, offset + limit)]
        counts = view.catalogue.counts(found.numbers)
        return Hits(len(found.numbers), tuple(filter(None, page)), counts)

    def similar(self, id_: str, audience: Audience, limit: int = 5) -> tuple[Similar, ...]:
        """Reports like this one, the most alike first."""
        view = self._view(audience)
        number = view.catalogue.numbers.get(id_)
        if number is None:
            return ()
        every = view.every()
        found = view.likenesses().like(number, every, limit)
        return tuple(Similar(every[other], score, reasons) for other, score, reasons in found)

    def stats(self, audience: Audience, today: datetime.date) -> Statistics:
        """What they come to together."""
        return statistics_of(self.entries(audience), today)

    def actions(
        self, audience: Audience, today: datetime.date, *, owner: str = "", overdue: bool = False
    ) -> tuple[Action, ...]:
        """Action items: overdue first, then open, then done; by due date, priority, owner.

        All of them, or only those of one owner, whatever the case, or only overdue ones.
        """
        found = (
            action
            for entry in self.entries(audience)
            for action in entry.actions
            if (not owner or fold(owner.removeprefix("@")) in fold(action.owner).split(", "))
            and (not overdue or action.overdue(today))
        )
        return in_order(found, today)

    def owners(self, audience: Audience, today: datetime.date) -> tuple[OwnerCount, ...]:
        """Action items counted by owner, the most overdue first."""
        return by_owner(self.actions(audience, today), today)

    def _facets_of(self, number: int, text: str) -> Mapping[str, Any]:
        """Read once for all audiences, and kept over changes: a number is never used twice."""
        if number not in self._facets:
            self._facets[number] = filtered_by(text)
        return self._facets[number]

    def _view(self, audience: Audience) -> View:
        with self._lock:
            if audience not in self._views:
                self._views[audience] = View(self._index, self._proofs, audience, self._facets_of)
            return self._views[audience]
