"""Preferences in MariaDB. Each thread of the server has one connection."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import pymysql
from pymysql.cursors import DictCursor

from preferences.storage import Preference, Provider, migrations

TABLE = "CREATE TABLE IF NOT EXISTS migrations (name varchar(200) PRIMARY KEY)"
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
    ON DUPLICATE KEY UPDATE
        region = VALUES(region), settings = VALUES(settings),
        monthly_limit = VALUES(monthly_limit), note = VALUES(note),
        changed_at = VALUES(changed_at)
"""
REMOVE = "DELETE FROM preferences WHERE account = %(account)s AND provider = %(provider)s"


class MariaDB:
    def __init__(self, place: str) -> None:
        self._place = urlsplit(f"//{place}")
        self._of_thread = threading.local()

    def migrate(self) -> None:
        self._run(TABLE, {})
        known = {row["name"] for row in self._run("SELECT name FROM migrations", {})}
        for name, text in migrations.wanted("mariadb", lambda: known):
            self._run(text, {})
            self._run("INSERT INTO migrations VALUES (%(name)s)", {"name": name})

    def add(self, provider: Provider) -> None:
        self._run(ADD, {**vars(provider), "regions": json.dumps(provider.regions)})

    def providers(self) -> list[Provider]:
        rows = self._run(PROVIDERS, {})
        return [Provider(**{**row, "regions": json.loads(row["regions"])}) for row in rows]

    def all_of(self, account: str) -> list[Preference]:
        return [_preference(row) for row in self._run(ALL, {"account": account})]

    def one(self, account: str, provider: str) -> Preference | None:
        rows = self._run(ONE, {"account": account, "provider": provider})
        return _preference(rows[0]) if rows else None

    def put(self, preference: Preference) -> None:
        # A column of date and time knows no zone here: it holds that of UTC.
        moment = preference.changed_at.astimezone(UTC).replace(tzinfo=None)
        settings = None if preference.settings is None else json.dumps(preference.settings)
        self._run(PUT, {**vars(preference), "settings": settings, "changed_at": moment})

    def remove(self, account: str, provider: str) -> bool:
        known = self.one(account, provider) is not None
        self._run(REMOVE, {"account": account, "provider": provider})
        return known

    def _run(self, query: str, values: dict[str, Any]) -> list[dict[str, Any]]:
        known: pymysql.Connection | None = getattr(self._of_thread, "connection", None)
        if known is None or not known.open:
            known = self._connected()
            self._of_thread.connection = known
        with known.cursor() as cursor:
            cursor.execute(query, values)
            return list(cursor.fetchall())

    def _connected(self) -> pymysql.Connection:
        return pymysql.connect(
            host=self._place.hostname,
            port=self._place.port or 3306,
            user=self._place.username,
            password=self._place.password or "",
            database=self._place.path.strip("/"),
            autocommit=True,
            cursorclass=DictCursor,
        )


def _preference(row: dict[str, Any]) -> Preference:
    limit, settings, moment = row["monthly_limit"], row["settings"], row["changed_at"]
    assert isinstance(moment, datetime)
    return Preference(
        **{
            **row,
            "settings": None if settings is None else json.loads(settings),
            "monthly_limit": None if limit is None else float(limit),
            "changed_at": moment.replace(tzinfo=UTC),
        }
    )
