"""Conditions as people write them: every table takes rows, three of them beside each other."""

from __future__ import annotations

import pytest

from twiceshy.errors import RowRefused
from twiceshy.model.scenario import Plant
from twiceshy.postgres.catalogue import read_catalogue
from twiceshy.stage.planter import Planter

TABLES = (
    "c text UNIQUE CHECK (c LIKE 'ab%')",
    "c text NOT NULL UNIQUE CHECK (c ~ '^x')",
    "c text NOT NULL UNIQUE CHECK (c ~ '^[a-z]+$' AND length(c) = 12)",
    "c text NOT NULL UNIQUE CHECK (c ~ '^[a-z]+$' AND length(c) BETWEEN 5 AND 7)",
    "c text NOT NULL UNIQUE CHECK (c SIMILAR TO '[A-Z]{2}[0-9]+')",
    "c text NOT NULL UNIQUE CHECK (c ~* '^[[:alnum:]._]+@[a-z]+[.](com|org)$')",
    "c text NOT NULL CHECK (char_length(trim(c)) >= 40)",
    "c text NOT NULL CHECK (c <> '' AND c !~ '\\s' AND c ~ '[0-9]' AND c ~ '[A-Z]')",
    "c text NOT NULL UNIQUE CHECK (c ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(c) BETWEEN 3 AND 40)",
    "c text NOT NULL CHECK (c ~ '^\\+[1-9][0-9]{6,14}$')",
    "c text NOT NULL CHECK (c ~* '^https?://[^\\s/$.?#].[^\\s]*$')",
    "c text NOT NULL UNIQUE CHECK (c ~ '^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$')",
    "c text NOT NULL UNIQUE CHECK (length(c) = 64 AND c ~ '^[0-9a-f]+$')",
    "c text NOT NULL UNIQUE CHECK (length(c) IN (8, 13) AND c ~ '^[0-9]+$')",
    "tz text NOT NULL CHECK (now() AT TIME ZONE tz IS NOT NULL)",
    "c date NOT NULL CHECK (c = date_trunc('month', c))",
    "c varchar(2) NOT NULL UNIQUE",
    "c char(2) NOT NULL CHECK (c = upper(c))",
    "c int NOT NULL CHECK (COALESCE(c, 0) > 500)",
    "c int NOT NULL CHECK (c % 7 = 3), UNIQUE (c)",
    "y int NOT NULL CHECK (y >= 1900 AND y <= date_part('year', now()))",
    "c numeric(5,2) NOT NULL CHECK (c > 12.34 AND c < 12.36)",
    "c money NOT NULL CHECK (c > 10::money)",
    "a int NOT NULL, b int NOT NULL, CHECK (a + b BETWEEN 100 AND 110), CHECK (a > 60)",
    (
        "lat numeric CHECK (lat BETWEEN -90 AND 90), lon numeric CHECK (lon BETWEEN -180 AND 180), "
        "UNIQUE (lat, lon), CHECK ((lat IS NULL) = (lon IS NULL))"
    ),
    "a text, b text, CHECK (num_nonnulls(a, b) = 1)",
    "a int NOT NULL, b int NOT NULL, CHECK (a < b), UNIQUE (a), UNIQUE (b)",
    (
        "amt numeric NOT NULL CHECK (amt <> 0), dir text NOT NULL CHECK (dir IN ('in', 'out')), "
        "CHECK ((dir = 'in' AND amt > 0) OR (dir = 'out' AND amt < 0))"
    ),
    (
        "kind text NOT NULL CHECK (kind IN ('card', 'cash')), last char(4), "
        "CHECK (kind <> 'card' OR last IS NOT NULL), CHECK (kind <> 'cash' OR last IS NULL)"
    ),
    (
        "starts timestamptz NOT NULL, ends timestamptz NOT NULL, "
        "CHECK (ends > starts + interval '15 minutes')"
    ),
    (
        "s text NOT NULL CHECK (s IN ('new', 'done')), at timestamptz, "
        "CHECK ((s = 'done') = (at IS NOT NULL))"
    ),
    "c date NOT NULL CHECK (extract(dow FROM c) = 3)",
    "c date NOT NULL CHECK (extract(month FROM c) = 2 AND extract(day FROM c) = 29)",
    "a time NOT NULL, b time NOT NULL, CHECK (b - a >= '02:00')",
    "c interval NOT NULL CHECK (c > '3 days' AND c < '4 days')",
    (
        "c tsrange NOT NULL CHECK (NOT isempty(c) AND upper(c) - lower(c) <= '1 day'), "
        "EXCLUDE USING gist (c WITH &&)"
    ),
    "c inet NOT NULL UNIQUE CHECK (family(c) = 6)",
    "c text[] NOT NULL CHECK (array_length(c, 1) BETWEEN 2 AND 4), UNIQUE (c)",
    "c jsonb NOT NULL CHECK (jsonb_typeof(c -> 'x') = 'object' AND (c #>> '{x,n}')::int > 10)",
    "c bytea NOT NULL CHECK (octet_length(c) = 32), UNIQUE (c)",
    "c bit(8) NOT NULL UNIQUE",
    "c int NOT NULL CHECK (c & 1 = 1)",
)
# Nothing can be worked out of these; they are said to be beyond us.
BEYOND = (
    "a text NOT NULL, b text NOT NULL, CHECK (a || b = 'xyz')",
    "c text NOT NULL CHECK (md5(c) LIKE '00000%')",
)


def made(scratch, tables: tuple[str, ...]):
    """A planter for these tables, called t0, t1 and so on, and its connection."""
    conn = scratch.database()
    for number, columns in enumerate(tables):
        conn.execute(f"CREATE TABLE t{number} ({columns})")
    return conn, Planter(conn, read_catalogue(conn))


def test_every_table_takes_three_rows(scratch):
    """Patterns, lengths, sums, days, networks, documents; where it matters each row differs."""
    conn, planter = made(scratch, TABLES)
    plants: list[Plant] = []
    with planter.in_one_go() as resolve:
        for table in read_catalogue(conn).tables:
            for number in range(3):
                plant = Plant(f"{table.name}.{number}", table.name)
                resolve(plants, plant)
                plants.append(plant)
    conn.execute(f"BEGIN; {planter.sql_for(plants)}; COMMIT")
    for number, columns in enumerate(TABLES):
        assert conn.execute(f"SELECT count(*) FROM t{number}").fetchone() == (3,), columns


def test_what_is_beyond_us_is_said_to_be_so(scratch):
    """With the constraint, the last row, and what can be done about it."""
    conn, planter = made(scratch, BEYOND)
    for table in read_catalogue(conn).tables:
        with pytest.raises(RowRefused, match="takes none of the") as caught:
            planter.resolve((), Plant("p", table.name))
        assert f"constraint {table.checks[0].name}" in caught.value.where
        assert f"[rows.{table.name}]" in caught.value.todo
