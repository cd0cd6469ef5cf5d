"""Preferences in PostgreSQL. Each thread of the server has one connection."""

from __future__ import annotations

import threading
from typing import Any

from psycopg import Connection
from psycopg.rows import DictRow, dict_row
from psycopg.types.json import Jsonb

from preferences.storage import Preference, Provider, migrations

PROVIDERS = "SELECT name, title, regions FROM providers ORDER BY name"
ADD = "INSERT INTO providers (name, title, regions) VALUES (%(name)s, %(title)s, %(regions)s)"
ALL = """
    SELECT account, provider, region, settings, monthly_limit, note, changed_at
    FROM preferences
    WHERE account = %(account)s
    ORDER BY provider
"""
ONE = """
    SELECT account, provider, region, settings, monthly_limit, note, changed_at
    FROM preferences
    WHERE account = %(account)s AND provider = %(provider)s
"""
PUT = """
    INSERT INTO preferences
        (account, provider, region, settings, monthly_limit, note, changed_at)
    VALUES
        (%(account)s, %(provider)s, %(region)s, %(settings)s, %(monthly_limit)s, %(note)s,
         %(changed_at)s)
    ON CONFLICT (account, provider) DO UPDATE
    SET region = excluded.region, settings = excluded.settings,
        monthly_limit = excluded.monthly_limit, note = excluded.note,
        changed_at = excluded.changed_at
"""
REMOVE = "DELETE FROM preferences WHERE account = %(account)s AND provider = %(provider)s"


class PostgreSQL:
    def __init__(self, url: str) -> None:
        self._url = url
        self._of_thread = threading.local()

    def migrate(self) -> None:
        with Connection.connect(self._url) as conn:
            conn.execute(migrations.TABLE)
            known = {name for (name,) in conn.execute("SELECT name FROM migrations")}
            for name, text in migrations.wanted("postgresql", lambda: known):
                conn.execute(text.encode())
                conn.execute("INSERT INTO migrations VALUES (%s)", [name])

    def add(self, provider: Provider) -> None:
        self._run(ADD, {**vars(provider), "regions": Jsonb(provider.regions)})

    def providers(self) -> list[Provider]:
        return [Provider(**row) for row in self._run(PROVIDERS, {})]

    def all_of(self, account: str) -> list[Preference]:
        return [_preference(row) for row in self._run(ALL, {"account": account})]

    def one(self, account: str, provider: str) -> Preference | None:
        rows = self._run(ONE, {"account": account, "provider": provider})
        return _preference(rows[0]) if rows else None

    def put(self, preference: Preference) -> None:
        self._run(PUT, {**vars(preference), "settings": Jsonb(preference.settings)})

    def remove(self, account: str, provider: str) -> bool:
        known = self.one(account, provider) is not None
        self._run(REMOVE, {"account": account, "provider": provider})
        return known

    def _run(self, query: str, values: dict[str, Any]) -> list[DictRow]:
        known: Connection[DictRow] | None = getattr(self._of_thread, "connection", None)
        if known is None or known.closed:
            known = Connection.connect(self._url, autocommit=True, row_factory=dict_row)
            self._of_thread.connection = known
        cursor = known.execute(query.encode(), values)
        return cursor.fetchall() if cursor.description else []


def _preference(row: DictRow) -> Preference:
    limit = row["monthly_limit"]
    return Preference(**{**row, "monthly_limit": None if limit is None else float(limit)})
