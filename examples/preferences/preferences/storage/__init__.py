"""Where preferences are kept; the scheme of STORAGE_URL tells which back end it is.

`postgresql://...`, `mariadb://USER:PASSWORD@host:port/database`, `sqlite:///path/of/a/file`,
`file:///path/of/a/folder`, or `s3+http://KEY:SECRET@host:port/bucket`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

BEGINNING = datetime(2024, 1, 1, tzinfo=UTC)


@dataclass
class Provider:
    name: str
    title: str
    regions: list[str]


@dataclass
class Preference:
    account: str
    provider: str
    region: str | None
    settings: Any
    monthly_limit: float | None = None
    note: str | None = None
    changed_at: datetime = BEGINNING


class Storage(Protocol):
    def migrate(self) -> None:
        """Make it ready to keep things; fine when it is."""

    def add(self, provider: Provider) -> None: ...

    def providers(self) -> list[Provider]:
        """All of them, by name."""

    def all_of(self, account: str) -> list[Preference]:
        """What an account wants, by provider."""

    def one(self, account: str, provider: str) -> Preference | None: ...

    def put(self, preference: Preference) -> None:
        """Keep it, in place of an earlier one."""

    def remove(self, account: str, provider: str) -> bool:
        """Whether there was one."""


def storage_at(url: str) -> Storage:
    scheme, _, place = url.partition("://")
    if scheme.startswith("postgres"):
        from preferences.storage.postgresql import PostgreSQL  # noqa: PLC0415 - no driver but the one in use

        return PostgreSQL(url)
    if scheme == "mariadb":
        from preferences.storage.mariadb import MariaDB  # noqa: PLC0415 - no driver but the one in use

        return MariaDB(place)
    if scheme == "sqlite":
        from preferences.storage.sqlite import SQLite  # noqa: PLC0415 - no driver but the one in use

        return SQLite(place)
    from preferences.storage.files import Bucket, Files, Folder  # noqa: PLC0415 - no driver but the one in use

    return Files(Bucket(place) if scheme == "s3+http" else Folder(place))
