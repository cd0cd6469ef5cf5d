"""Which of the machine's PostgreSQL servers a schema is rehearsed on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twiceshy.errors import ExtensionMissing
from twiceshy.stage import binaries as servers

if TYPE_CHECKING:
    from twiceshy.config.project import Database
    from twiceshy.errors import SchemaFailed
    from twiceshy.stage.binaries import Binaries


def choose(asked: Database, wanted: set[str]) -> tuple[Binaries, tuple[str, ...]]:
    """The server to use for a schema that wants these extensions, and the stand-ins needed."""
    own = servers.system(asked.bin)
    candidates = own if asked.server == "system" else (servers.embedded(), *own)
    for candidate in candidates:
        if not candidate.lacks(wanted):
            return candidate, ()
    for candidate in candidates:
        shims = candidate.shims(wanted)
        if set(shims) == set(candidate.lacks(wanted)):
            return candidate, shims
    if not candidates:
        raise ExtensionMissing(
            "No PostgreSQL server from 14 to 18 was found on this machine",
            where='[database] server = "system"',
            todo='install one, name its folder with `bin`, or use server = "embedded"',
        )
    raise ExtensionMissing(
        f"The schema wants {', '.join(sorted(wanted))}, which no server here has",
        seen="looked at: " + ", ".join(f"{c.version} in {c.bin}" for c in candidates),
        todo="install a PostgreSQL with it (on Debian: postgresql-contrib, or a package "
        "with its name)",
    )


def not_enough(shims: tuple[str, ...], error: SchemaFailed) -> ExtensionMissing:
    """That a stand-in of plain SQL does not do what this schema wants of it."""
    return ExtensionMissing(
        f"The stand-in for {', '.join(shims)} is not enough for this schema",
        where=error.where,
        seen=error.seen,
        todo="install a PostgreSQL that has it (on Debian: postgresql-contrib, or a package "
        "with its name)",
    )
