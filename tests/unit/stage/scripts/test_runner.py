from __future__ import annotations

import pytest

from twiceshy.errors import CannotTell
from twiceshy.model.scripts import Script
from twiceshy.stage.scripts.runner import Unreadable, read


def test_harmless_commands_of_psql_become_notes():
    """What only changes how psql prints is left out, and said."""
    reading = read(Script("x.sql", b"\\set ON_ERROR_STOP on\n\\timing\nSELECT 1;"))
    assert [part.sql for part in reading.parts] == ["SELECT 1"]
    assert len(reading.notes) == 2


@pytest.mark.parametrize("text", [b"\\i other.sql", b"SELECT 1;\n\\gexec", b"\\c other"])
def test_other_commands_of_psql_cannot_be_followed(text: bytes):
    """That is no failure of the script; the message names command and line."""
    with pytest.raises(CannotTell, match=r"only psql") as raised:
        read(Script("x.sql", text))
    assert raised.value.where in {"x.sql:1", "x.sql:2"}


def test_bytes_that_are_no_text_are_named_with_their_line():
    """The server would say the same, later."""
    with pytest.raises(Unreadable, match="0xe9, in line 2"):
        read(Script("x.sql", b"SELECT 1;\nSELECT '\xe9';"))
    with pytest.raises(Unreadable, match="zero byte"):
        read(Script("x.sql", b"SELECT 1\0"))


def test_a_byte_order_mark_and_line_ends_of_windows_are_no_part_of_sql():
    """Editors leave them."""
    reading = read(Script("x.sql", b"\xef\xbb\xbfSELECT 1;\r\nSELECT 2;\r\n"))
    assert [(part.sql, part.line) for part in reading.parts] == [("SELECT 1", 1), ("SELECT 2", 2)]
