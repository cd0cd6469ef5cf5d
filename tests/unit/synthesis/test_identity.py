from __future__ import annotations

import re
import uuid

import pytest

from twiceshy.synthesis.identity import Identity

BEN = Identity("ben.goals.1", table=3, row=1)


def test_integer_keys_name_table_and_row() -> None:
    """A primary key is the table's range plus the row's number, beyond any sequence."""
    assert BEN.integer(0) == 1_500_300_001
    assert Identity("x", 3, 27).integer(0) == 1_500_300_027


@pytest.mark.parametrize("table", [1, 500, 6_399, 6_400, 100_000])
def test_integer_keys_fit_into_four_bytes(table: int) -> None:
    """Clients that hold numbers in four bytes, or in doubles, take every key."""
    numbers = [
        Identity("x", table, row).integer(place, attempt)
        for row in (1, 9_999, 10_001)
        for place in (0, 1, 9)
        for attempt in range(4)
    ]
    assert all(1_500_000_000 <= number < 2**31 for number in numbers)


def test_columns_and_attempts_differ() -> None:
    """Two unique columns of one row differ, and so does a second attempt."""
    numbers = {BEN.integer(place, attempt) for place in (0, 1, 2) for attempt in range(4)}
    assert len(numbers) == 12


def test_small_keys_fit_into_two_bytes() -> None:
    """Keys of type smallint stay in their range as well."""
    numbers = [
        Identity("x", table, row).small_integer(place, attempt)
        for table in (1, 59, 1_000)
        for row in (1, 199, 5_000)
        for place in (0, 1)
        for attempt in range(4)
    ]
    assert all(20_000 <= number < 2**15 for number in numbers)


def test_uuids_are_valid_and_recognisable() -> None:
    """A UUID has version and variant of a random one, and begins as all of ours do."""
    text = BEN.uuid(0)
    assert text.startswith("7e1ce547-0003-4000-8000-")
    assert str(uuid.UUID(text)) == text
    assert uuid.UUID(text).version == 4
    assert BEN.uuid(1) != text != BEN.uuid(0, attempt=1)


def test_tokens_are_short_plain_and_distinct() -> None:
    """Ten lower-case letters and digits, another for each plant, column and attempt."""
    plants = [Identity(f"ben.goals.{n}", 3, n) for n in range(200)]
    tokens = {plant.token(column, n) for plant in plants for column in "ab" for n in (0, 1)}
    assert len(tokens) == 800
    assert all(re.fullmatch(r"tw[a-z2-9]{8}", token) for token in tokens)


def test_amounts_have_the_digits_wanted() -> None:
    """No zero after the point, so that each way of printing keeps every digit."""
    for n in range(300):
        amount = Identity(f"p{n}", 1, 1).amount("amount", 4, 2)
        assert re.fullmatch(r"[1-9]\d{3}\.[1-9][1-9]", amount)
    assert re.fullmatch(r"[1-9]\d{2}\.[1-9]", BEN.amount("amount", 3, 1))
    assert re.fullmatch(r"[1-9]\d{5}", BEN.amount("amount", 6, 0))


def test_everything_follows_from_the_name() -> None:
    """The same plant is the same everywhere."""
    again = Identity("ben.goals.1", table=3, row=1)
    assert again.token("a") == BEN.token("a") == "twzgftkrpy"
    assert again.amount("a", 4, 2) == BEN.amount("a", 4, 2)
