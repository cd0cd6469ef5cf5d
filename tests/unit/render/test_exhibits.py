from __future__ import annotations

from twiceshy.model.exhibits import Path, SideBySide, Table
from twiceshy.render.exhibits import exhibit
from twiceshy.render.marks import ASCII, Page


def drawn(shown, width=60, **page) -> list[str]:
    """The exhibit as plain lines."""
    return [line.plain for line in exhibit(shown, Page(width, **page))]


def test_a_table():
    """Columns are as wide as what stands in them."""
    assert drawn(Table("Rows", ("id", "name"), (("1", "Casa"), ("20", "")))) == [
        "Rows",
        "id  name",
        "──  ────",
        "1   Casa",
        "20",
    ]


def test_a_table_too_wide_for_the_page():
    """Then each row is told cell by cell."""
    table = Table("Rows", ("id", "text"), (("1", "x" * 50), ("2", "y")))
    assert drawn(table, width=50) == [
        "Rows",
        "id    1",
        "text  " + "x" * 44,
        "      " + "x" * 6,
        "",
        "id    2",
        "text  y",
    ]


def test_a_long_table_is_cut():
    """The rest of the rows is counted, unless all are wanted."""
    table = Table("", ("n",), tuple((str(number),) for number in range(40)))
    assert drawn(table)[-1] == "… 28 more rows (--verbose shows them)"
    assert drawn(table, verbose=True)[-1] == "39"


def test_an_empty_table():
    """Only its headings are left."""
    assert drawn(Table("None", ("a", "b"), ())) == ["None", "a  b", "─  ─"]


def test_side_by_side():
    """The titles are the exhibit's own."""
    assert drawn(SideBySide("Page", "without", "a", "with", "b")) == [
        "Page",
        "without  a",
        "with     b",
    ]


def test_a_path():
    """Steps are counted; details stand below their step."""
    path = Path("How", (("GET /", "status 200\nand more"), ("the end", "")))
    assert drawn(path, marks=ASCII) == [
        "How",
        " 1. GET /",
        " |  status 200",
        " |  and more",
        " 2. the end",
    ]
