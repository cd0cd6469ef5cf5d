from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pglast import parse_sql

from twiceshy.model.schema import quoted
from twiceshy.postgres.connect import OURS, Address, literal, query

_TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"))


@given(_TEXT)
def test_a_literal_is_read_back_as_it_was(text):
    """Quotes and backslashes included, by PostgreSQL's own parser."""
    (statement,) = parse_sql(f"SELECT {literal(text)}")
    assert statement.stmt.targetList[0].val.val.sval == text


def test_a_literal_of_nothing_is_null():
    """None stands for NULL."""
    assert literal(None) == "NULL"


@given(_TEXT.filter(lambda text: text and len(text.encode()) < 64))
def test_a_quoted_name_is_read_back_as_it_was(name):
    """Whatever it holds."""
    (statement,) = parse_sql(f"SELECT {quoted(name)}")
    assert statement.stmt.targetList[0].val.fields[0].sval == name


def test_the_address_that_a_service_gets():
    """TCP on loopback, with the role and password of this run."""
    address = Address(Path("/tmp/x"), 15432, "root", "role", "secret")
    assert address.url("db") == "postgresql://role:secret@127.0.0.1:15432/db"


def test_options_can_be_given_on_a_command_line():
    """No value holds a blank, which would end the option."""
    assert all(part == "-c" or "=" in part for part in OURS.split(" "))


QUERIES = sorted(Path(query.__wrapped__.__code__.co_filename).parent.glob("queries/*.sql"))


@pytest.mark.parametrize("path", QUERIES, ids=lambda path: path.stem)
def test_every_query_says_what_it_is_for(path):
    """The first line is a comment, a sentence; the rest is SQL that PostgreSQL can read."""
    text = query(path.stem)
    first = text.splitlines()[0]
    assert first.startswith("-- ")
    assert first.endswith(("?", ".", ")"))
    assert parse_sql(re.sub(r"%\(\w+\)s", "'{}'", text).replace("= %s", "= 'x'"))
