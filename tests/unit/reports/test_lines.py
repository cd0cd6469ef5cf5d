from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from twiceshy.reports.lines import lines_of


@given(st.text(alphabet="ab\r\n\x0c\u2028\x85"))
def test_lines_make_up_the_text(text):
    """Nothing is lost, and only a line feed, a carriage return or both end a line."""
    lines = lines_of(text)
    assert "".join(lines) == text
    assert [line.rstrip("\r\n") for line in lines] == [
        part
        for number, part in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1)
        if part or number <= len(lines)
    ]
