"""The front door to all reports of a project."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime
    from types import TracebackType
    from typing import Self

    from twiceshy.config.project import Project
    from twiceshy.library.audience import Audience
    from twiceshy.library.entry import Action, Entry, Volume
    from twiceshy.library.search_records import Filters, Hits, Similar
    from twiceshy.library.statistics_records import OwnerCount, Statistics


class Library:
    """All reports of one project. Close it, or use it as a context manager.

    Several processes may use one at once, and several threads the same object.
    """

    @classmethod
    def open(cls, project: Project) -> Self:
        """The library, up to date. A project without reports has an empty one."""
        raise NotImplementedError

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
        raise NotImplementedError

    def refresh(self) -> bool:
        """Read files that changed since last time, and the archive; whether anything did."""
        raise NotImplementedError

    def entries(self, audience: Audience) -> tuple[Entry, ...]:
        """All reports, the newest first, those without a date last."""
        raise NotImplementedError

    def entry(self, id_: str, audience: Audience) -> Entry | None:
        """One report by its id."""
        raise NotImplementedError

    def volume(self, id_: str, audience: Audience) -> Volume | None:
        """One report with its text and all that can be read in it."""
        raise NotImplementedError

    def search(
        self, query: str, filters: Filters, audience: Audience, *, limit: int = 20, offset: int = 0
    ) -> Hits:
        """Reports that hold every word of `query`, the last one also as a beginning.

        Words in quotes have to follow each other. An empty query finds all, the newest first.
        """
        raise NotImplementedError

    def similar(self, id_: str, audience: Audience, limit: int = 5) -> tuple[Similar, ...]:
        """Reports like this one, the most alike first."""
        raise NotImplementedError

    def stats(self, audience: Audience, today: datetime.date) -> Statistics:
        """What they come to together."""
        raise NotImplementedError

    def actions(self, audience: Audience, today: datetime.date) -> tuple[Action, ...]:
        """Every action item: overdue first, then open, then done; by due date, priority, owner."""
        raise NotImplementedError

    def owners(self, audience: Audience, today: datetime.date) -> tuple[OwnerCount, ...]:
        """Action items counted by owner, the most overdue first."""
        raise NotImplementedError
