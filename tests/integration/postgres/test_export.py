from __future__ import annotations

import pytest

from twiceshy.errors import UsageError
from twiceshy.postgres.export import export

SCHEMA = """
CREATE TABLE parents (id int PRIMARY KEY CHECK (id > 0));
CREATE TABLE children (id int, parent int REFERENCES parents, day date);
CREATE INDEX children_parent ON children (parent);
CREATE TABLE events (day date) PARTITION BY RANGE (day);
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
INSERT INTO parents SELECT generate_series(1, 700);
INSERT INTO events SELECT date '2020-03-01' + g % 100 FROM generate_series(1, 300) g;
"""


def test_an_exported_catalogue(scratch):
    """Rows, sizes, indexes and constraints by table; partitions count for their table."""
    conn = scratch.database(SCHEMA)
    address = scratch.address
    url = f"host={address.socket_dir} port={address.port} user=twiceshy dbname={conn.info.dbname}"
    relations = {one["name"]: one for one in export(url)["relations"]}
    assert relations["parents"]["rows"] == 700
    assert relations["parents"]["bytes"] > 0
    assert relations["events"]["rows"] == 300
    assert relations["events_1"]["partition_of"] == "events"
    assert relations["children"]["indexes"][0]["name"] == "children_parent"
    assert relations["children"]["indexes"][0]["columns"] == ["parent"]
    assert relations["children"]["constraints"][0]["references"] == "parents"


def test_a_locked_table_keeps_nobody_waiting(scratch):
    """Only system catalogues are read, so a lock on a table of the user does not matter."""
    conn = scratch.database(SCHEMA)
    conn.execute("BEGIN; LOCK TABLE parents")
    address = scratch.address
    url = f"host={address.socket_dir} port={address.port} user=twiceshy dbname={conn.info.dbname}"
    assert export(url)["relations"]
    conn.execute("ROLLBACK")


def test_no_answer_is_told_in_words():
    """A URL that leads nowhere is a mistake of the caller."""
    with pytest.raises(UsageError, match="cannot be read"):
        export("postgresql://nobody@127.0.0.1:1/none")
