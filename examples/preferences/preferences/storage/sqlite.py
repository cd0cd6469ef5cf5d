"""Preferences in a file of SQLite's: for a single machine, and for tests."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import datetime
from typing import Any

from preferences.storage import Preference, Provider, migrations

PROVIDERS = "SELECT name, title, regions FROM providers ORDER BY name"
ADD = "INSERT INTO providers (name, title, regions) VALUES (:name, :title, :regions)"
ALL = """
    SELECT account, provider, region, settings, monthly_limit, note, changed_at
    FROM preferences
    WHERE account = :account
    ORDER BY provider
"""
ONE = """
    SELECT account, provider, region, settings, monthly_limit, note, changed_at
    FROM preferences
    WHERE account = :account AND provider = :provider
"""
PUT = """
    INSERT INTO preferences
        (account, provider, region, settings, monthly_limit, note, changed_at)
    VALUES
        (:account, :provider, :region, :settings, :monthly_limit, :note, :changed_at)
    ON CONFLICT (account, provider) DO UPDATE
    SET region = excluded.region, settings = excluded.settings,
        monthly_limit = excluded.monthly_limit, note = excluded.note,
        changed_at = excluded.changed_at
"""
REMOVE = "DELETE FROM preferences WHERE account = :account AND provider = :provider"

# SQLite has no columns of JSON: objects and lists go in as text, and come out of columns that are
# declared as json.
sqlite3.register_adapter(dict, json.dumps)
sqlite3.register_adapter(list, json.dumps)
sqlite3.register_adapter(datetime, datetime.isoformat)
sqlite3.register_converter("json", json.loads)
sqlite3.register_converter("moment", lambda text: datetime.fromisoformat(text.decode()))


class SQLite:
    def __init__(self, path: str) -> None:
        self._path = path

    def migrate(self) -> None:
        self._run(migrations.TABLE, {})
        known = {row["name"] for row in self._run("SELECT name FROM migrations", {})}
        for name, text in migrations.wanted("sqlite", lambda: known):
            with closing(sqlite3.connect(self._path)) as conn, conn:
                conn.executescript(text)
                conn.execute("INSERT INTO migrations VALUES (?)", [name])

    def add(self, provider: Provider) -> None:
        self._run(ADD, vars(provider))

    def providers(self) -> list[Provider]:
        return [Provider(**row) for row in self._run(PROVIDERS, {})]

    def all_of(self, account: str) -> list[Preference]:
        return [_preference(row) for row in self._run(ALL, {"account": account})]

    def one(self, account: str, provider: str) -> Preference | None:
        rows = self._run(ONE, {"account": account, "provider": provider})
        return _preference(rows[0]) if rows else None

    def put(self, preference: Preference) -> None:
        self._run(PUT, vars(preference))

    def remove(self, account: str, provider: str) -> bool:
        known = self.one(account, provider) is not None
        self._run(REMOVE, {"account": account, "provider": provider})
        return known

    def _run(self, query: str, values: dict[str, Any]) -> list[dict[str, Any]]:
        with closing(sqlite3.connect(self._path, detect_types=sqlite3.PARSE_DECLTYPES)) as conn:
            conn.row_factory = sqlite3.Row
            with conn:
                return [dict(row) for row in conn.execute(query, values).fetchall()]


def _preference(row: dict[str, Any]) -> Preference:
    limit = row["monthly_limit"]
    return Preference(**{**row, "monthly_limit": None if limit is None else float(limit)})
