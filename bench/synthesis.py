"""Rows for a schema: which share of its tables is filled, and how fast, beside other generators.

The peers read the schema through SQLAlchemy's automap, in an environment of their own that is made
on the first run. A table counts as filled when all rows that were asked for are there.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
import venv
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from measuring import Line, Result, show
from scratch import admin, server

from twiceshy.errors import RowRefused
from twiceshy.model.scenario import Plant
from twiceshy.postgres.catalogue import read_catalogue
from twiceshy.stage.planter import Planter
from twiceshy.stage.server import ROLE

if TYPE_CHECKING:
    import psycopg

_TEXT = """\
Empty tables of three schemas, 20 rows each, all constraints in force. The peers are two generators
from PyPI that fill SQLAlchemy's models: polyfactory, the best known, and sqlalchemy-fake-model. The
models are made by automap from the same database, with Python enums as people write them. Each
peer is called as its documentation says, with the settings by which it fills most: foreign keys
that it leaves to its caller get a row that is there. It is asked for all rows of a table at once,
then for one at a time, up to 60 times, until there are 20; it is stopped after 12 seconds. Rows per
second count those that were accepted, all tables together, from the reading of the schema on.
(sqlalchemy_model_faker was tried too: it knows no enums, arrays, decimals or moments.)"""
_ROWS = 20
# Seconds that a peer may take for one schema.
_PATIENCE = 12.0
_PEERS = ("polyfactory", "sqlalchemy-fake-model")
_PACKAGES = (
    "psycopg[binary]",
    # polyfactory imports its asyncio part.
    "sqlalchemy[asyncio]==2.1.9",
    "polyfactory==3.5.0",
    "sqlalchemy-fake-model==0.1.1",
)
_PLAIN = """
CREATE TABLE users (id serial PRIMARY KEY, email text NOT NULL UNIQUE, name text NOT NULL,
    born date, active boolean NOT NULL);
CREATE TABLE products (id serial PRIMARY KEY, title varchar(80) NOT NULL, price numeric(8,2));
CREATE TABLE orders (id serial PRIMARY KEY, user_id int NOT NULL REFERENCES users,
    at timestamp NOT NULL, note text);
CREATE TABLE lines (id serial PRIMARY KEY, order_id int NOT NULL REFERENCES orders,
    product_id int NOT NULL REFERENCES products, count int NOT NULL);
"""
_CHECKED = """
CREATE TYPE state AS ENUM ('open', 'paid', 'void');
CREATE DOMAIN sku AS text CHECK (VALUE ~ '^[A-Z]{3}-[0-9]{4}$');
CREATE TABLE items (id serial PRIMARY KEY, code sku NOT NULL UNIQUE, n int NOT NULL CHECK (n > 0));
CREATE TABLE bills (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), state state NOT NULL,
    net numeric(10,2) NOT NULL CHECK (net >= 0), gross numeric(10,2) NOT NULL,
    CHECK (gross >= net));
CREATE TABLE stays (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, a date NOT NULL,
    b date NOT NULL, CHECK (a < b));
CREATE TABLE rates (id serial PRIMARY KEY,
    percent smallint NOT NULL CHECK (percent BETWEEN 1 AND 99),
    kind text NOT NULL CHECK (kind IN ('full', 'half')));
CREATE TABLE tree (id serial PRIMARY KEY, up int REFERENCES tree, tags text[] NOT NULL);
"""
_HARD = """
CREATE TYPE coin AS (amount numeric(10,2), currency char(3));
CREATE TABLE docs (id serial PRIMARY KEY,
    doc jsonb NOT NULL CHECK (doc ? 'name' AND doc ->> 'kind' IN ('x', 'y')));
CREATE TABLE hosts (id serial PRIMARY KEY, ip inet NOT NULL CHECK (ip << '10.0.0.0/8'),
    mac macaddr NOT NULL UNIQUE);
CREATE TABLE rooms (id serial PRIMARY KEY, during int4range NOT NULL,
    EXCLUDE USING gist (during WITH &&));
CREATE TABLE coins (id serial PRIMARY KEY, coin coin NOT NULL CHECK ((coin).amount > 0));
CREATE TABLE logs (id int, at date NOT NULL, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE logs_1 PARTITION OF logs FOR VALUES FROM ('2011-01-01') TO ('2012-01-01');
CREATE TABLE sums (id serial PRIMARY KEY, a int NOT NULL, b int NOT NULL, CHECK (a + b = 100));
CREATE TABLE heads (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, tail int NOT NULL);
CREATE TABLE tails (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    head int NOT NULL REFERENCES heads DEFERRABLE INITIALLY DEFERRED);
ALTER TABLE heads ADD FOREIGN KEY (tail) REFERENCES tails DEFERRABLE INITIALLY DEFERRED;
"""
_SCHEMAS = {"plain": _PLAIN, "enums and CHECKs": _CHECKED, "hard": _HARD}


@dataclass
class _Filled:
    """What one generator made of one schema."""

    tables: int
    filled: int
    rows: int
    seconds: float

    def __str__(self) -> str:
        return f"{self.filled} of {self.tables} tables, {self.rate:.0f} rows/s"

    @property
    def rate(self) -> float:
        return self.rows / max(self.seconds, 1e-9)


def measure() -> Result:
    """Each schema with each generator, on a database of its own."""
    python = _environment()
    result = Result("Rows for a schema", _TEXT)
    with server() as made:
        for number, (name, sql) in enumerate(_SCHEMAS.items()):
            ours = _ours(made, f"ours_{number}", sql)
            for place, peer in enumerate(_PEERS):
                theirs = _theirs(made, f"peer_{number}_{place}", sql, peer, python)
                result.lines.append(
                    Line(
                        f"{name}, beside {peer}",
                        str(ours),
                        str(theirs),
                        f"{theirs.rate / ours.rate:.2g} times the rows/s",
                        "all tables" if not place else "",
                        ours.filled == ours.tables if not place else None,
                    )
                )
    return result


def _environment() -> Path:
    folder = Path(__file__).parents[1] / "build" / "bench-synthesis"
    python = folder / "bin" / "python"
    made = folder / "packages.txt"
    if not made.exists() or made.read_text(encoding="utf-8").split() != list(_PACKAGES):
        venv.create(folder, with_pip=True, clear=True)
        words = [python, "-m", "pip", "install", "-q", *_PACKAGES]
        subprocess.run(words, check=True, stdout=sys.stderr)
        made.write_text("\n".join(_PACKAGES), encoding="utf-8")
    return python


def _database(made, name: str, sql: str) -> None:
    admin(made, f"CREATE DATABASE {name} OWNER {ROLE}")
    with made.connect(name) as conn:
        conn.execute(f"SET ROLE {ROLE}")
        conn.execute(sql)


def _ours(made, name: str, sql: str) -> _Filled:
    _database(made, name, sql)
    with made.connect(name) as conn:
        started = time.perf_counter()
        catalogue = read_catalogue(conn)
        planter = Planter(conn, catalogue)
        plants: list[Plant] = []
        with planter.in_one_go() as resolve:
            for table in catalogue.tables:
                for row in range(_ROWS):
                    plant = Plant(f"{table.name}.{row}", table.name)
                    with suppress(RowRefused):
                        resolve(plants, plant)
                        plants.append(plant)
        conn.execute(f"BEGIN; {planter.sql_for(plants)}; COMMIT")
        return _counted(conn, time.perf_counter() - started)


def _theirs(made, name: str, sql: str, peer: str, python: Path) -> _Filled:
    _database(made, name, sql)
    script = Path(__file__).with_name("synthesis_peer.py")
    words = [python, script, peer, made.address.url(name), str(_ROWS)]
    seconds = _PATIENCE
    # One that never ends is judged by what it had done until then.
    with suppress(subprocess.TimeoutExpired):
        done = subprocess.run(words, capture_output=True, text=True, check=True, timeout=_PATIENCE)
        seconds = json.loads(done.stdout)["seconds"]
    with made.connect(name) as conn:
        return _counted(conn, seconds)


def _counted(conn: psycopg.Connection, seconds: float) -> _Filled:
    names = [str(table.name) for table in read_catalogue(conn).tables]
    counts = [conn.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in names]
    return _Filled(len(names), sum(n >= _ROWS for n in counts), sum(counts), seconds)


if __name__ == "__main__":
    show(measure)
