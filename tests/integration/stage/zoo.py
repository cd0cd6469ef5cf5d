"""A schema with one of everything that makes undoing hard, and random work for its keepers."""
# ruff: noqa: E501 - a menu of statements is read line by line

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ODD = '"weird schema"."a.b"'

SCHEMA = Path(__file__).with_name("zoo.sql").read_text(encoding="utf-8")

_NASTY = [
    "",
    "'",
    "''",
    '"',
    "\\",
    "\\n",
    "\n",
    "\t",
    " new-tuple: id[integer]:5",
    " old-key: id[integer]:1",
    "null",
    "NULL",
    "unchanged-toast-datum",
    "E'x'",
    "%s",
    "$1",
    "{}",
    "[]",
    "é",
    "日本",
    "🐘",
    " ",
    "a]:'b' c[text]:'d",
    "B'101'",
    "(no-tuple-data)",
    ";",
    "--",
    "\r",
    "\x01",
    "\u2028",
]
TEXT = st.one_of(
    st.sampled_from(_NASTY),
    st.lists(st.sampled_from(_NASTY), max_size=5).map("".join),
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20),
)
_KEY = st.integers(1, 5) | st.integers(-2, 16)
_SMALL = st.integers(-3, 20)
_MAYBE_TEXT = st.none() | TEXT
_MAYBE_INT = st.none() | _SMALL
_BIG = st.none() | st.builds(
    lambda c, n: c * n, st.sampled_from(["x", "q'", "é\\"]), st.sampled_from([1, 40_000, 100_000])
)

# What the columns of `types` may hold, as text that PostgreSQL reads.
TYPES: dict[str, st.SearchStrategy[str]] = {
    "arr": st.sampled_from(["{}", "{1,2}", "{NULL}", "{{1,2},{3,4}}", "[0:1]={5,6}"]),
    "txt": st.sampled_from(["{}", '{"a\\"b","c\\\\d",NULL,"NULL"}', '{"{","}"," new-tuple:"}']),
    "j": st.sampled_from(['{"a":  1}', "[1, 2]", "null", '"it\'s"', '{"b":1,"a":2,"b":3}']),
    "jb": st.sampled_from(['{"a":  1}', "[1, 2]", "null", '"it\'s \\\\ "', '{"b":1,"a":2}']),
    "by": st.binary(max_size=40).map(lambda b: "\\x" + b.hex()),
    "bi": st.sampled_from(["00000", "10101", "11111"]),
    "vb": st.sampled_from(["", "1", "010101010101"]),
    "f4": st.sampled_from(["0.1", "-0", "NaN", "Infinity", "1e-30", "3.4028235e38"]),
    "f8": st.floats(allow_subnormal=True).map(str),
    "num": st.sampled_from(["NaN", "Infinity", "-Infinity", "0.10", "0.1", "1e100", "-0.000"]),
    "num2": st.sampled_from(["0.1", "-1234567.123", "NaN"]),
    "ts": st.sampled_from(
        ["infinity", "-infinity", "0044-03-15 12:00:00 BC", "2024-02-29 23:59:59.999999+05:45"]
    ),
    "ts3": st.sampled_from(["2024-01-01 00:00:00.1239", "infinity", "4000-01-01"]),
    "d": st.sampled_from(["2024-02-29", "infinity", "0001-01-01 BC"]),
    "tm": st.sampled_from(["00:00:00+00", "23:59:59.999999-15:59", "24:00:00+01"]),
    "iv": st.sampled_from(
        [
            "1 year -2 mons +3 days -04:05:06.789",
            "-1 mon 1 day",
            "00:00:00.000001",
            "-178000000 years",
        ]
    ),
    "en": st.sampled_from(["sad", "it's ok", "happy"]),
    "co": st.sampled_from(['(1,"a b")', "(,)", '(3,"it\'s ""so"" \\\\")']),
    "rng": st.sampled_from(["empty", "[1,5)", "(,)", "[3,]"]),
    "mr": st.sampled_from(["{}", "{[1,2),[3.5,4]}"]),
    "u": st.uuids().map(str),
    "ip": st.sampled_from(["::1", "10.0.0.1/8", "10.0.0.1"]),
    "ch": st.sampled_from(["", "a", "ab   ", "abcde", "é'"]),
    "c1": st.sampled_from(["", "a", "'", "\\"]),
    "nm": st.sampled_from(["", "x", "it's"]),
    "pt": st.sampled_from(["(0.1,-0)", "(NaN,Infinity)"]),
    "tsv": st.sampled_from(["", "'a':1A 'it''s':2,3"]),
    "dom": TEXT.filter(lambda t: len(t) < 100),
    "money": st.sampled_from(["12.34", "-5"]),
    "b": st.sampled_from(["true", "false"]),
    "coarr": st.sampled_from(["{}", '{"(1,\\"a b\\")",NULL}']),
    "x1": st.sampled_from(["0", "4294967295"]),
    "x2": st.sampled_from(["plain", '"weird schema"."a.b"', "0"]),
    "yrs": st.sampled_from(["1-2", "-5-11"]),
}


@dataclass(frozen=True)
class Work:
    """One statement with its parameters; with `copied`, text to be copied in."""

    sql: str
    values: tuple[Any, ...] = ()
    copied: tuple[tuple[Any, ...], ...] = ()

    def do(self, conn: psycopg.Connection[Any]) -> None:
        """Do it; PostgreSQL may refuse."""
        cursor = conn.cursor()
        if self.copied:
            with cursor.copy(self.sql) as copy:
                for row in self.copied:
                    copy.write_row(row)
        else:
            cursor.execute(self.sql, self.values or None)


@dataclass(frozen=True)
class Act:
    """Statements that one connection does: one by one, in a transaction, or rolled back."""

    works: tuple[Work, ...]
    how: str = "alone"
    asynchronous: bool = False

    def do(self, conn: psycopg.Connection[Any]) -> None:
        """Do it; what PostgreSQL refuses ends the transaction, or only its savepoint."""
        conn.execute(f"SET synchronous_commit = {'off' if self.asynchronous else 'on'}")
        if self.how == "alone":
            for work in self.works:
                attempt(work.do, conn)
            return
        conn.execute("BEGIN")
        try:
            for number, work in enumerate(self.works):
                self._in_transaction(work, conn, number)
            conn.execute("ROLLBACK" if self.how == "rolled back" else "COMMIT")
        except psycopg.Error:
            conn.execute("ROLLBACK")

    def _in_transaction(self, work: Work, conn: psycopg.Connection[Any], number: int) -> None:
        if self.how != "savepoints":
            work.do(conn)
            return
        conn.execute("SAVEPOINT s")
        if not attempt(work.do, conn) or number % 3 == 2:
            conn.execute("ROLLBACK TO s")


def attempt(do: Callable[[psycopg.Connection[Any]], None], conn: psycopg.Connection[Any]) -> bool:
    """Whether PostgreSQL took it."""
    try:
        do(conn)
    except psycopg.Error:
        return False
    return True


def _work(sql: str, *values: st.SearchStrategy[Any]) -> st.SearchStrategy[Work]:
    return st.tuples(*values).map(lambda drawn: Work(sql, drawn))


def _copy(sql: str, *columns: st.SearchStrategy[Any]) -> st.SearchStrategy[Work]:
    rows = st.lists(st.tuples(*columns), min_size=1, max_size=4)
    return rows.map(lambda drawn: Work(sql, copied=tuple(drawn)))


def _table(
    name: str, key: str, values: dict[str, st.SearchStrategy[Any]], keys: Any = _KEY
) -> list:
    """The usual work on a table with a key (or a column to choose rows by)."""
    columns = ", ".join([key, *values])
    marks = ", ".join(["%s"] * (1 + len(values)))
    changes = [
        _work(f"UPDATE {name} SET {column} = %s WHERE {key} = %s", value, keys)
        for column, value in values.items()
    ]
    first = next(iter(values))
    return [
        _work(f"INSERT INTO {name} ({columns}) VALUES ({marks})", keys, *values.values()),
        _work(f"DELETE FROM {name} WHERE {key} = %s", keys),
        _work(f"UPDATE {name} SET {key} = %s WHERE {key} = %s", keys, keys),
        _work(f"UPDATE {name} SET {first} = %s", values[first]),
        _work(f"DELETE FROM {name} WHERE {key} > %s", keys),
        st.one_of(changes),
    ]


_ODD_COLUMNS = {
    '"quo""te"': _MAYBE_TEXT,
    '"new-tuple:"': _MAYBE_TEXT,
    '"SELECT"': st.none() | st.booleans(),
    '" old-key: id[integer]:1"': _MAYBE_TEXT,
    '"Ünï"': st.none() | TYPES["co"],
}

_MENU: list[list[st.SearchStrategy[Work]]] = [
    _table("plain", "id", {"t": _MAYBE_TEXT, "n": _MAYBE_INT}),
    _table(ODD, '"x[1]"', _ODD_COLUMNS),
    _table("composite", "a", {"b": TEXT, "c": st.none() | TYPES["num"]}),
    _table(
        "keyless",
        "a",
        {"b": _MAYBE_TEXT, "c": st.none() | TYPES["jb"], "d": st.floats(), "e": TYPES["ch"]},
        _MAYBE_INT,
    ),
    _table("not_null_unique", "code", {"n": _MAYBE_INT}, TEXT),
    _table("generated", "id", {"w": _MAYBE_INT, "h": _MAYBE_INT}),
    _table("generated_key", "w", {"v": _MAYBE_TEXT}),
    _table("shrunk", "id", {"v": _MAYBE_TEXT, "late": _MAYBE_TEXT}),
    _table("types", "id", {name: st.none() | value for name, value in TYPES.items()}),
    _table("types_keyless", "id", {name: st.none() | value for name, value in TYPES.items()}),
    _table("toasted", "id", {"n": _MAYBE_INT, "big": _BIG, "small": _MAYBE_TEXT}),
    _table("toasted_keyless", "n", {"big": _BIG}),
    _table(
        "part", "id", {"region": st.sampled_from(["eu", "us", "asia", "mars"]), "v": _MAYBE_TEXT}
    ),
    _table("measure", "at", {"v": _MAYBE_TEXT}),
    _table("animals", "id", {"name": _MAYBE_TEXT}),
    _table("dogs", "id", {"name": _MAYBE_TEXT, "breed": _MAYBE_TEXT}),
    _table("parents", "id", {"v": _MAYBE_TEXT}),
    _table("cascaded", "id", {"parent": _MAYBE_INT}),
    _table("nulled", "id", {"parent": _MAYBE_INT}),
    _table("tree", "id", {"up": _MAYBE_INT}),
    _table("hens", "id", {"egg": _MAYBE_INT}),
    _table("eggs", "id", {"hen": _MAYBE_INT}),
    _table(
        "slots",
        "id",
        {
            "slot": _MAYBE_INT,
            "place": _MAYBE_INT,
            "during": st.sampled_from(["[1,3)", "[60,70)", "empty"]),
        },
    ),
    _table("shifting", "id", {"v": _MAYBE_TEXT}),
    _table("u_parent", "id", {"v": _MAYBE_TEXT}),
    _table("u_child", "id", {"parent": _MAYBE_INT}),
    _table("secret", "id", {"v": _MAYBE_TEXT}),
    _table("ruled", "id", {"v": _MAYBE_TEXT}),
    [
        _work("INSERT INTO always (v) VALUES (%s), ('two')", _MAYBE_TEXT),
        _work("INSERT INTO always OVERRIDING SYSTEM VALUE VALUES (%s, %s)", _KEY, _MAYBE_TEXT),
        _work("UPDATE always SET v = %s WHERE id = %s", _MAYBE_TEXT, _KEY),
        _work("DELETE FROM odd_numbers WHERE id = %s", _KEY),
        _work("UPDATE odd_numbers SET v = %s", _MAYBE_TEXT),
        _work("INSERT INTO always_keyless (v) VALUES (%s), ('same')", _MAYBE_TEXT),
        _work("UPDATE always_keyless SET v = %s WHERE id = %s", _MAYBE_TEXT, _KEY),
        _work("DELETE FROM always_keyless WHERE id = %s", _KEY),
        _work("INSERT INTO by_default (v) VALUES (%s)", _MAYBE_TEXT),
        _work("INSERT INTO by_default VALUES (%s, %s)", _KEY, _MAYBE_TEXT),
        _work("UPDATE by_default SET v = %s, id = id + 100", _MAYBE_TEXT),
    ],
    [
        _work("SELECT nextval('cached') FROM generate_series(1, %s)", st.integers(1, 70)),
        _work("SELECT setval('cached', %s, %s)", st.integers(1, 99), st.booleans()),
        _work("SELECT nextval('\"Odd.Seq\"') FROM generate_series(1, %s)", st.integers(1, 9)),
        _work("SELECT setval('plain_id_seq', %s)", st.integers(1, 99)),
    ],
    [
        _work(
            "INSERT INTO composite VALUES (%s, %s, 1) ON CONFLICT (a, b) DO UPDATE SET c = 7",
            _KEY,
            TEXT,
        ),
        _work(
            "INSERT INTO part VALUES (%s, 'us', 'c') ON CONFLICT (id, region) DO UPDATE SET v = %s",
            _KEY,
            _MAYBE_TEXT,
        ),
        _work("INSERT INTO plain (id) VALUES (%s) ON CONFLICT DO NOTHING", _KEY),
        _work("UPDATE shifting SET id = id + %s", st.integers(-1, 3)),
        _work("UPDATE parents SET id = id + %s", st.integers(1, 3)),
        _work("UPDATE slots SET slot = slot + %s, place = -place", st.integers(-1, 5)),
        _work(
            "UPDATE slots SET place = 6 - id, during = int4range(lower(during) + %s, upper(during) + 10)",
            st.integers(-5, 10),
        ),
        _work("UPDATE slots SET during = CASE id WHEN 1 THEN int4range(2, 4) ELSE during END"),
        _work(
            "UPDATE part SET region = %s, id = id + 1 WHERE id %% 3 = %s",
            st.sampled_from(["eu", "us", "x"]),
            st.integers(0, 2),
        ),
        _work("UPDATE measure SET at = 9 - at WHERE at < 8"),
        _work(
            "WITH d AS (DELETE FROM keyless WHERE a = %s RETURNING *) INSERT INTO keyless SELECT * FROM d",
            _KEY,
        ),
        _work(
            "WITH d AS (DELETE FROM cascaded WHERE id > %s RETURNING id) UPDATE nulled SET parent = NULL WHERE id IN (SELECT id FROM d)",
            _KEY,
        ),
        _copy("COPY keyless (a, b) FROM STDIN", _MAYBE_INT, _MAYBE_TEXT),
        _copy("COPY plain (t) FROM STDIN", _MAYBE_TEXT),
        _copy("COPY part FROM STDIN", _KEY, st.sampled_from(["eu", "us", "z"]), _MAYBE_TEXT),
        _copy(f'COPY {ODD} ("x[1]", "quo""te") FROM STDIN', _KEY, _MAYBE_TEXT),
        _work("CREATE TEMP TABLE IF NOT EXISTS tmp (v text); INSERT INTO tmp VALUES ('t')"),
        _work("CREATE TEMP TABLE IF NOT EXISTS tmp (v text); TRUNCATE tmp; UPDATE tmp SET v = 'u'"),
    ],
]
_MERGE = [
    _work(
        "MERGE INTO composite t USING (VALUES (%s, 'b1'), (1, %s)) s(a, b) ON t.a = s.a AND t.b = s.b "
        "WHEN MATCHED THEN UPDATE SET c = -1 WHEN NOT MATCHED THEN INSERT VALUES (s.a, s.b, 0)",
        _KEY,
        TEXT,
    ),
    _work(
        "MERGE INTO part t USING generate_series(1, 6) g ON t.id = g AND t.region = 'eu' "
        "WHEN MATCHED AND g %% 2 = 0 THEN DELETE WHEN MATCHED THEN UPDATE SET region = 'us' "
        "WHEN NOT MATCHED THEN INSERT VALUES (g, 'eu', %s)",
        _MAYBE_TEXT,
    ),
]


def acts(major: int) -> st.SearchStrategy[list[tuple[int, Act]]]:
    """Random work for two connections of a service, one after the other."""
    menu = [work for table in _MENU for work in [st.one_of(table)]]
    menu += [st.one_of(_MERGE)] if major >= 15 else []
    works = st.lists(st.one_of(menu), min_size=1, max_size=6).map(tuple)
    how = st.sampled_from(["alone", "transaction", "savepoints", "rolled back"])
    act = st.builds(Act, works, how, st.booleans())
    return st.lists(st.tuples(st.integers(0, 1), act), min_size=1, max_size=6)


def play(acts: Sequence[tuple[int, Act]], conns: Sequence[psycopg.Connection[Any]]) -> None:
    """Do all of it."""
    for who, act in acts:
        act.do(conns[who])
