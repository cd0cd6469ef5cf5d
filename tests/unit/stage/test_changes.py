from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twiceshy.model.history import RowChange
from twiceshy.model.schema import Column, QName, Table
from twiceshy.stage.changes import parse


def table(name, *columns):
    """A table of text columns."""
    schema, _, bare = name.rpartition(".")
    facts = tuple(Column(column, "text", "text") for column in columns)
    return Table(QName(schema or "public", bare), facts)


USERS = table("users", "id", "name")
ODD = Table(QName("my schema", 'a"b.c'), (Column("x[1]", "integer", "int4"),))
TABLES = {
    USERS.name: USERS,
    ODD.name: ODD,
    QName("public", "users_eu"): USERS,
}


def rows(*lines):
    """What is read from these lines."""
    return parse(lines, TABLES).rows


def test_an_insert_carries_the_new_row():
    """Values are text, as PostgreSQL prints them."""
    assert rows("table public.users: INSERT: id[integer]:1 name[text]:'ana'") == (
        RowChange("insert", USERS.name, None, {"id": "1", "name": "ana"}),
    )


def test_an_update_carries_both_rows():
    """Old and new, separated by words that values may hold as well."""
    line = (
        "table public.users: UPDATE: old-key: id[integer]:1 name[text]:' new-tuple: id[integer]:9'"
        " new-tuple: id[integer]:2 name[text]:' old-key: it''s'"
    )
    assert rows(line) == (
        RowChange(
            "update",
            USERS.name,
            {"id": "1", "name": " new-tuple: id[integer]:9"},
            {"id": "2", "name": " old-key: it's"},
        ),
    )


def test_a_delete_carries_the_old_row_with_its_nulls():
    """The server leaves columns that are NULL out; the catalogue knows them."""
    assert rows("table public.users: DELETE: id[integer]:1") == (
        RowChange("delete", USERS.name, {"id": "1", "name": None}, None),
    )


def test_an_update_of_nulls():
    """NULL is printed in new rows and left out of old ones."""
    line = (
        "table public.users: UPDATE: old-key: id[integer]:1"
        " new-tuple: id[integer]:1 name[text]:null"
    )
    assert rows(line)[0].old == {"id": "1", "name": None}
    assert rows(line)[0].new == {"id": "1", "name": None}


def test_a_large_value_that_an_update_left_alone_is_the_old_one():
    """It is not printed again; a text that looks like the note about it is a text."""
    line = (
        "table public.users: UPDATE: old-key: id[integer]:1 name[text]:'long'"
        " new-tuple: id[integer]:2 name[text]:unchanged-toast-datum"
    )
    assert rows(line)[0].new == {"id": "2", "name": "long"}
    line = "table public.users: INSERT: id[integer]:1 name[text]:'unchanged-toast-datum'"
    assert rows(line)[0].new == {"id": "1", "name": "unchanged-toast-datum"}
    assert rows("table public.users: INSERT: name[text]:'null'")[0].new == {"name": "null"}


def test_names_in_double_quotes():
    """Names of schemas, tables, columns and types may hold anything."""
    line = """table "my schema"."a""b.c": INSERT: "x[1]"[public."odd [type]"[]]:'{}'"""
    assert rows(line) == (RowChange("insert", ODD.name, None, {"x[1]": "{}"}),)


@pytest.mark.parametrize(
    ("type_name", "text", "value"),
    [
        ("integer", "-3", "-3"),
        ("double precision", "NaN", "NaN"),
        ("numeric", "-Infinity", "-Infinity"),
        ("boolean", "true", "true"),
        ("bit varying", "B'0101'", "0101"),
        ("bit", "B''", ""),
        ("character varying[]", "'{a,\"b c\"}'", '{a,"b c"}'),
        ("timestamp with time zone", "'2024-01-01 00:00:00+00'", "2024-01-01 00:00:00+00"),
        ('"char"', "''''", "'"),
        ('"odd[""type"', "'x'", "x"),
        ("text", "'a\n\tb\\'", "a\n\tb\\"),
    ],
)
def test_values_of_all_kinds(type_name, text, value):
    """Numbers and booleans stand bare, bits after a B, everything else in quotes."""
    line = f"table public.users: INSERT: name[{type_name}]:{text} id[integer]:1"
    assert rows(line)[0].new == {"name": value, "id": "1"}


def test_a_partition_goes_by_the_name_of_its_table():
    """The catalogue holds no partitions."""
    assert rows("table public.users_eu: DELETE: id[integer]:1")[0].table == USERS.name


def test_a_table_that_is_not_known_is_an_obstacle():
    """Its old rows may be incomplete, so they are no way back."""
    found = parse(["table public.new: UPDATE: id[integer]:1"], TABLES)
    assert found.rows == (RowChange("update", QName("public", "new"), None, {"id": "1"}),)
    assert found.obstacle == "new is not in the catalogue"


def test_a_truncate_names_every_table_once():
    """One line may empty several tables, and several partitions of one."""
    emptied = 'public.users, public.users_eu, "my schema"."a""b.c"'
    found = parse([f"table {emptied}: TRUNCATE: restart_seqs cascade"], TABLES)
    assert [(change.operation, change.table) for change in found.rows] == [
        ("truncate", USERS.name),
        ("truncate", ODD.name),
    ]
    assert found.obstacle == "users was truncated"


def test_a_change_of_the_schema_is_an_obstacle():
    """An event trigger of ours says so; the same words in a row or from others do not count."""
    line = "message: transactional: 1 prefix: twiceshy.ddl, sz: 0 content:"
    assert parse(["BEGIN", line, "COMMIT"], TABLES).obstacle == "the schema was changed"
    others = "message: transactional: 1 prefix: app, sz: 12 content:twiceshy.ddl"
    assert not parse([others], TABLES).obstacle
    assert not parse([f"table public.users: INSERT: name[text]:'{line}'"], TABLES).obstacle


@pytest.mark.parametrize(
    "line",
    [
        "table public.users: MERGE: id[integer]:1",
        "table public.users: INSERT: id[integer]=1",
        "table public.users: UPDATE: old-key: id[integer]:1",
        "table public.users: INSERT: id[integer]:1 name[text]:'open",
        "table nonsense",
    ],
)
def test_a_form_that_is_not_known_is_an_obstacle(line):
    """What cannot be read is not guessed at, and does not end the rehearsal."""
    found = parse([line], TABLES)
    assert found.rows == ()
    assert "in a form we do not know" in found.obstacle


def test_a_row_without_columns():
    """Tables without columns exist."""
    assert rows("table public.users: INSERT: (no-tuple-data)")[0].new == {}


_NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=12)
_VALUES = st.none() | st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=30)
_ROWS = st.dictionaries(_NAMES, _VALUES, min_size=1, max_size=5)


def _identifier(name):
    bare = name.isascii() and name.isidentifier() and name.islower()
    return name if bare else '"' + name.replace('"', '""') + '"'


def _printed(row, *, skip_nulls=False):
    parts = []
    for name, value in row.items():
        if value is None and skip_nulls:
            continue
        text = "null" if value is None else "'" + value.replace("'", "''") + "'"
        parts.append(f" {_identifier(name)}[text]:{text}")
    return "".join(parts)


@given(schema=_NAMES, name=_NAMES, old=_ROWS, data=st.data())
def test_whatever_the_server_prints_is_read_back(schema, name, old, data):
    """Printing rows as the server does and reading them gives the same rows."""
    new = {column: data.draw(_VALUES) for column in old}
    facts = Table(QName(schema, name), tuple(Column(c, "text", "text") for c in old))
    head = f"table {_identifier(schema)}.{_identifier(name)}: "
    lines = [
        f"{head}INSERT:{_printed(new)}",
        f"{head}UPDATE: old-key:{_printed(old, skip_nulls=True)} new-tuple:{_printed(new)}",
        f"{head}DELETE:{_printed(old, skip_nulls=True)}",
    ]
    assert parse(lines, {facts.name: facts}).rows == (
        RowChange("insert", facts.name, None, new),
        RowChange("update", facts.name, old, new),
        RowChange("delete", facts.name, old, None),
    )


@given(st.text())
def test_no_line_makes_it_fail(text):
    """Total: any text after the first word gives rows or an obstacle."""
    parse([f"table {text}"], TABLES)
    parse([f"table public.users: UPDATE:{text}", text], TABLES)
