from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from twiceshy.reports.lint import mended
from unit.reports.lint.conftest import GOOD, rules

SLIPS = (
    ('status = "published"', 'status = "Published"   # yes'),
    ("- [ ] Test", "- [] Test"),
    ("- [x]", "- [X]"),
    ("due 2026-12-01", "due 2026/12/1"),
)


def test_a_good_report_stays():
    """To the byte."""
    assert mended(GOOD) == GOOD


def test_slips_are_mended():
    """Each of them, and nothing else; once mended, there is nothing left."""
    text = GOOD
    for right, wrong in SLIPS:
        text = text.replace(right, wrong)
    after = mended(text)
    assert after == GOOD.replace('"published"', '"published"   # yes')
    assert mended(after) == after
    assert "status-spelling" in rules(text)
    assert "status-spelling" not in rules(after)


def test_code_is_left_alone():
    """What looks like a task in a block of code is none."""
    code = "```\n- [X] due 2026/12/01\n```\n"
    assert mended(code) == code
    assert mended("- [X] a\n") == "- [x] a\n"


def test_what_could_be_read_in_two_ways_is_left_alone():
    """A day that is no day, numbers that are no date, visibility."""
    for text in (
        "- [ ] a (due 2026/13/40)\n",
        "- [ ] a (due 01/02/2026)\n",
        "+++\nvisibility = 'Public'\n+++\n",
        "status: Published\n",
    ):
        assert mended(text) == text


@given(st.text(alphabet="- []xX(due 2026/1.)\r\n+statu:=`", max_size=80))
def test_only_slips_change(text):
    """Line breaks and all else stay, and mending twice is mending once."""
    after = mended(text)
    assert mended(after) == after
    assert after.count("\n") == text.count("\n")
    assert after.count("\r") == text.count("\r")
