"""Finding planted values wherever they may hide."""

from __future__ import annotations

import pytest

from twiceshy.guards.canary import holds_value, sightings
from twiceshy.model.history import PlantedRow, Reply
from twiceshy.model.scenario import Request
from twiceshy.model.schema import QName

TABLE = QName("public", "deposits")
ROW = PlantedRow("ben.deposits.1", TABLE, "ben", {"id": "1500200051"}, {"id": "1500200051"})


def _reply(text: str, **headers: str) -> Reply:
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Reply(200, named, text.encode())


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": "Pie TWQDQW2H7J"}', "twqdqw2h7j"),
        ("<b>a&#98;cdefg</b>", "abcdefg"),
        ("/x?name=a%62cdefg", "abcdefg"),
        ('"a\\u0062cdefg"', "abcdefg"),
        ('{"id": 1500200051}', "1500200051"),
        ("$ 1.500.200.051", "1500200051"),
        ("7,310.41 USD", "7310.41"),
        ("$ 7.310,41", "7310.41"),
        ("7\u202f310,41", "7310.41"),
        ('{"at": "2020-01-01 7310.41"}', "7310.41"),
    ],
)
def test_a_value_is_seen_in_every_form(text: str, value: str) -> None:
    """Other case, entities, percent signs, escapes, separators of any country."""
    assert holds_value(_reply(text), value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"id": 15002000510}', "1500200051"),
        ('{"id": 91500200051}', "1500200051"),
        ("17310.41", "7310.41"),
        ("7310.415", "7310.41"),
        ("", "twqdqw2h7j"),
    ],
)
def test_a_longer_number_is_another_number(text: str, value: str) -> None:
    """Numbers match whole."""
    assert not holds_value(_reply(text), value)


def test_headers_count_and_dates_do_not() -> None:
    """A header may leak; the clock cannot."""
    assert holds_value(_reply("", X_Last="1500200051"), "1500200051")
    assert not holds_value(_reply("", Date="1500200051"), "1500200051")


def test_what_the_request_brought_is_no_sighting() -> None:
    """An id that comes back because it was sent shows nothing."""
    answer = _reply("no deposit 1500200051")
    assert sightings(answer, [ROW], Request("GET", "/deposits/1500200051")) == ()
    seen = sightings(answer, [ROW], Request("GET", "/deposits"))
    assert [(s.column, s.owner, s.plant) for s in seen] == [("id", "ben", "ben.deposits.1")]
    body = Request("POST", "/deposits", body=b'{"id": 1500200051}')
    assert sightings(answer, [ROW], body) == ()
