from __future__ import annotations

from twiceshy.stage.scripts.relations import Relations

ORDERS = (1, "public", "orders", "r", 100, 0, 0, 5000, 8192, None)
INDEX = (2, "public", "orders_pkey", "i", 101, 1, 0, 5000, 8192, "id\x1fday")
ROOT = (3, "sales", "events", "p", 0, 0, 0, 0, 0, None)
PART = (4, "sales", "events_1", "r", 102, 0, 3, 70, 8192, None)
LOOSE = (5, "sales", "events_2", "r", 103, 0, 0, 30, 8192, None)
BEFORE = Relations.of([ORDERS, INDEX, ROOT, PART, LOOSE])


def test_records_name_tables_of_indexes_and_parents_of_partitions():
    """A judge gets names; a partitioned table counts the rows of its partitions."""
    records = BEFORE.as_records()
    assert records["orders_pkey"].table == "orders"
    assert records["orders_pkey"].columns == ("id", "day")
    assert records["sales.events_1"].parent == "sales.events"
    assert records["sales.events"].rows == 70
    assert records["sales.events"].kind == "partitioned table"


def test_new_storage_under_the_same_number_is_a_move():
    """A rewritten table keeps its oid."""
    after = Relations.of([(*ORDERS[:4], 900, *ORDERS[5:]), INDEX, ROOT, PART, LOOSE])
    assert after.since(BEFORE).moved == {"orders": 900}


def test_an_index_that_was_built_anew_is_found_by_its_name():
    """Its oid is another one; inheriting the old storage is no move."""
    rebuilt = Relations.of([ORDERS, (20, *INDEX[1:4], 901, *INDEX[5:]), ROOT, PART, LOOSE])
    assert rebuilt.since(BEFORE).moved == {"orders_pkey": 901}
    inherited = Relations.of([ORDERS, (20, *INDEX[1:]), ROOT, PART, LOOSE])
    assert inherited.since(BEFORE).moved == {}


def test_what_came_what_went_and_what_was_attached():
    """A table that becomes a partition was there before, and nobody's."""
    attached = (*LOOSE[:6], 3, *LOOSE[7:])
    new = (30, "public", "carts", "r", 200, 0, 0, 0, 0, None)
    difference = Relations.of([ORDERS, INDEX, ROOT, attached, new]).since(BEFORE)
    assert difference.new == ("carts",)
    assert difference.dropped == ("sales.events_1",)
    assert difference.attached == ("sales.events_2",)
