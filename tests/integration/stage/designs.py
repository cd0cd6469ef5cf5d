"""Random tables: any names, any types, a key or none, and random work on each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from integration.stage.zoo import TYPES, attempt
from twiceshy.model.schema import quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

    import psycopg

# As which types of SQL the above are declared; the types of the schema are none of public's.
_DECLARED = {
    "arr": "int[]",
    "txt": "text[]",
    "j": "json",
    "jb": "jsonb",
    "by": "bytea",
    "bi": "bit(5)",
    "vb": "varbit",
    "f4": "real",
    "f8": "float8",
    "num": "numeric",
    "num2": "numeric(10,3)",
    "ts": "timestamptz",
    "ts3": "timestamp(3)",
    "d": "date",
    "tm": "timetz",
    "iv": "interval",
    "rng": "int4range",
    "mr": "nummultirange",
    "u": "uuid",
    "ip": "inet",
    "ch": "char(5)",
    "c1": '"char"',
    "nm": "name",
    "pt": "point",
    "tsv": "tsvector",
    "dom": "varchar(99)",
    "money": "money",
    "b": "boolean",
    "x1": "oid",
    "yrs": "interval year to month",
}
_KEY_TYPES = ["num", "u", "ch", "dom", "d", "ts", "iv", "by", "f8", "arr", "rng", "ip", "vb", "jb"]
_NAMES = st.one_of(
    st.sampled_from(
        [
            "a.b",
            "x[1]",
            "it's",
            '"',
            "new-tuple:",
            " old-key: a[b]:1",
            "SELECT",
            "é",
            "a b",
            "table x.y: INSERT:",
        ]
    ),
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=15),
)


@dataclass(frozen=True)
class Design:
    """A random table: its columns with their kinds, of which the first `keys` are the key."""

    schema: str
    name: str
    columns: tuple[tuple[str, str], ...]
    keys: int
    rows: tuple[tuple[str | None, ...], ...]
    later: tuple[tuple[int, int, str | None], ...]

    @property
    def target(self) -> str:
        """Its name for SQL."""
        return f"{quoted(self.schema)}.{quoted(self.name)}"

    def make(self, conn: psycopg.Connection[Any]) -> None:
        """Create it, with its rows but the last."""
        columns = [f"{quoted(name)} {_DECLARED[kind]}" for name, kind in self.columns]
        key = ", ".join(quoted(name) for name, _ in self.columns[: self.keys])
        columns += [f"PRIMARY KEY ({key})"] if key else []
        conn.execute(f"DROP SCHEMA IF EXISTS {quoted(self.schema)} CASCADE")
        conn.execute(f"CREATE SCHEMA {quoted(self.schema)}")
        conn.execute(f"CREATE TABLE {self.target} ({', '.join(columns)})")
        for row in self.rows[:-1]:
            attempt(lambda c, row=row: self._insert(c, row), conn)

    def work(self, conn: psycopg.Connection[Any]) -> None:
        """Insert the last row, change some, delete some."""
        conn.execute("BEGIN")
        attempt(lambda c: self._insert(c, self.rows[-1]), conn)
        for number, place, value in self.later:
            name = quoted(self.columns[place % len(self.columns)][0])
            pick = f"ctid = (SELECT ctid FROM {self.target} ORDER BY ctid LIMIT 1 OFFSET {number})"
            change = _doubled(f"UPDATE {self.target} SET {name} = ") + f"%s WHERE {_doubled(pick)}"
            conn.execute("SAVEPOINT s")
            if number == 3:
                conn.execute(f"DELETE FROM {self.target} WHERE {pick}")
            elif not attempt(lambda c, s=change, v=value: c.execute(s, [v]), conn):
                conn.execute("ROLLBACK TO s")
        conn.execute("COMMIT")

    def _insert(self, conn: psycopg.Connection[Any], row: Sequence[str | None]) -> None:
        marks = ", ".join(["%s"] * len(row))
        with conn.transaction():
            conn.execute(f"INSERT INTO {_doubled(self.target)} VALUES ({marks})", row)


@st.composite
def designs(draw: st.DrawFn) -> Design:
    """Random tables with work on them."""
    names = st.lists(_NAMES.filter(_short), min_size=2, max_size=6, unique=True)
    schema, name, *columns = draw(names.filter(lambda found: len(found) > 2))
    if schema.startswith("pg_") or schema == "public":
        schema = "x" + schema
    keys = draw(st.integers(0, min(2, len(columns))))
    kinds = [
        draw(st.sampled_from(_KEY_TYPES if place < keys else sorted(_DECLARED)))
        for place in range(len(columns))
    ]
    row = st.tuples(
        *(
            TYPES[kind] if place < keys else st.none() | TYPES[kind]
            for place, kind in enumerate(kinds)
        )
    )
    rows = tuple(draw(st.lists(row, min_size=2, max_size=6)))
    places = st.integers(0, len(columns) - 1)
    later = []
    for _ in range(draw(st.integers(1, 5))):
        place = draw(places)
        value = draw(TYPES[kinds[place]] if place < keys else st.none() | TYPES[kinds[place]])
        later.append((draw(st.integers(0, 4)), place, value))
    pairs = tuple(zip(columns, kinds, strict=True))
    return Design(schema, name, pairs, keys, rows, tuple(later))


def _doubled(sql: str) -> str:
    return sql.replace("%", "%%")


def _short(name: str) -> bool:
    return len(name.encode()) < 60
