from __future__ import annotations

import re

import pytest

from twiceshy.model.schema import Column
from twiceshy.synthesis.identity import Identity
from twiceshy.synthesis.remarks import remarks
from twiceshy.synthesis.written import written

BEN = Identity("ben.t.1", table=3, row=7)
TEXT = Column("c", "text", "text")


def texts(*definitions: str, column: Column = TEXT, attempt: int = 0) -> list[str]:
    """What is written for a column with these CHECKs."""
    found = tuple(remark for text in definitions for remark in remarks(text, ("c",)))
    return list(written(column, found, BEN, attempt))


@pytest.mark.parametrize(
    ("definitions", "wanted"),
    [
        (("CHECK (c ~ '^[A-Z]{3}$')",), "[A-Z]{3}"),
        (("CHECK (c ~ '^[a-z]+$')", "CHECK (length(c) = 12)"), "[a-z]{12}"),
        (("CHECK (c ~ '^[a-z]+$')", "CHECK (length(c) BETWEEN 5 AND 7)"), "[a-z]{5,7}"),
        (("CHECK (c ~~ 'ab%'::text)",), "ab.*"),
        (("CHECK (c ~ similar_to_escape('(x|y)z'))",), "[xy]z"),
        (("CHECK (c ~ '^[a-z]{4}$')", "CHECK (upper(c) = c)"), "[A-Z]{4}"),
        (("CHECK (initcap(c) = c)",), "[A-Z][a-z0-9]+"),
        (("CHECK (starts_with(c, 'x-'))", "CHECK (length(c) >= 15)"), "x-.{13,}"),
        (("CHECK (left(c, 2) = 'AB')",), "AB.+"),
        (("CHECK (POSITION(('@'::text) IN (c)) > 0)",), ".+@.+"),
    ],
)
def test_the_first_text_does_what_is_asked(definitions: tuple[str, ...], wanted: str) -> None:
    """Pattern, length, beginning, contents and case, each and together."""
    assert re.fullmatch(wanted, texts(*definitions)[0])


def test_several_patterns_are_met_by_one_text() -> None:
    """As rules for passwords have it."""
    found = texts("CHECK (c ~ '[0-9]')", "CHECK (c ~ '[A-Z]')", "CHECK (c ~ '[!?]')")
    assert any(all(re.search(p, text) for p in ("[0-9]", "[A-Z]", "[!?]")) for text in found)


def test_longer_texts_follow_where_short_ones_would_soon_repeat() -> None:
    """With other attempts all are different."""
    many = [text for attempt in range(4) for text in texts("CHECK (c ~ '^x')", attempt=attempt)]
    assert "x" in many
    assert len({text for text in many if len(text) == 9}) >= 8


def test_a_column_s_size_is_kept() -> None:
    """What does not fit is cut, or left out."""
    short = Column("c", "varchar(4)", "varchar", max_length=4)
    assert texts("CHECK (starts_with(c, 'x-'))", column=short) == [f"x-{BEN.token('c')[:2]}"]
    found = texts("CHECK (c ~ '^[a-z]{6}$')", column=short)
    assert all(len(text) <= 4 for text in found)


def test_nothing_is_written_for_no_demand() -> None:
    """A comparison alone asks for no particular writing."""
    assert texts("CHECK (c > 'a')") == []
    assert texts() == []
