from __future__ import annotations

import pytest
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


@pytest.mark.parametrize(
    "code",
    [
        "````md\n```\n- [X] a\n```\n- [X] b\n````\n",
        "```\n~~~\n- [X] a\n```\n",
        "> ```\n> - [X] a\n> ```\n",
    ],
)
def test_a_fence_in_a_block_of_code_does_not_end_it(code):
    """Only a fence of the same sign, as long, with nothing behind it does."""
    assert mended(code + "\n- [X] c\n") == code + "\n- [x] c\n"


def test_a_quotation_ends_the_code_in_it():
    """Whether or not its fence was closed."""
    assert mended("> ```\n> - [X] a\n\n- [X] b\n") == "> ```\n> - [X] a\n\n- [x] b\n"


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("top", ["", "---\nstatus: Draft\n---\n"])
def test_the_original_of_an_imported_report_stays(top, end):
    """Ours above it and what was written below it are mended, it is not."""
    original = f"{top}# Ausfall für alle\n\n- [X] a\n".replace("\n", end)
    length = len(original.encode())
    head = f'+++\nstatus = "Closed"\n\n[imported]\nbytes = {length}\n+++\n'
    below = "\n- [X] b\n"
    after = mended(head + original + below)
    assert after == head.replace("Closed", "closed") + original + "\n- [x] b\n"
    yaml = head.replace("+++", "---").replace(
        'status = "Closed"\n\n[imported]\nbytes =', "imported:\n bytes:"
    )
    assert mended(yaml + original + below) == yaml + original + "\n- [x] b\n"


def test_a_form_feed_ends_no_line():
    """What stands behind one begins no task."""
    assert mended("text\x0c- [X] a\n") == "text\x0c- [X] a\n"


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
