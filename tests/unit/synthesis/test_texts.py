from __future__ import annotations

import re

import pytest

from twiceshy.synthesis.identity import Identity
from twiceshy.synthesis.texts import fresh_text, is_free, plausible, with_token

BEN = Identity("ben.users.1", table=3, row=7)
TOKEN = "twk7q2x9ab"


@pytest.mark.parametrize(
    ("column", "sample"),
    [
        ("name", "Ana Lopez"),
        ("description", "Savings for a long holiday, maybe in June."),
        ("title", None),
        ("email", "ana@example.com"),
        ("login_email", None),
        ("contact", "ana@example.com"),
        ("username", "ana"),
        ("firstName", "Ana"),
        ("note", "¡Hola! ¿Qué tal?"),
        ("city", "Sankt Pölten"),
        ("reference", "TEF 49106 BEN S"),
    ],
)
def test_text_for_people(column: str, sample: str | None) -> None:
    """Names, notes and addresses can carry a token."""
    assert is_free(column, sample)


@pytest.mark.parametrize(
    ("column", "sample"),
    [
        ("status", "pending"),
        ("payment_status", "Paid in full"),
        ("accountType", "Savings account"),
        ("locale", "es"),
        ("currency", "EUR"),
        ("country_code", "ES"),
        ("password", "secret words"),
        ("password_hash", None),
        ("api_token", None),
        ("external_id", "abc"),
        ("x", "$2b$12$abcdefghijklmnopqrstuv"),
        ("x", "pbkdf2:sha256:600000$salt$digest"),
        ("x", "9f86d081884c7d659a2feaa0c55ad015"),
        ("x", "7e1ce547-0003-4000-8000-000000000001"),
        ("x", "https://example.com/x"),
        ("x", "/home"),
        ("x", '{"a": 1}'),
        ("x", "[1, 2]"),
        ("x", "12.50"),
        ("x", "+34 600 123 456"),
        ("x", "2024-01-15T10:00:00Z"),
        ("x", "IN_PROGRESS"),
        ("x", "TRF-2024-0001"),
        ("reference", "2024/17"),
        ("x", "my-first-post"),
        ("x", "report.pdf"),
        ("x", "en_US"),
        ("x", "#ff8800"),
        ("x", "true"),
        ("x", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc123"),
    ],
)
def test_text_for_programs(column: str, sample: str | None) -> None:
    """Codes, hashes, addresses, numbers and documents are left alone."""
    assert not is_free(column, sample)


@pytest.mark.parametrize(
    ("column", "sample", "limit", "expected"),
    [
        ("email", "ana@example.com", None, f"{TOKEN}@example.com"),
        ("email", None, 40, f"{TOKEN}@example.com"),
        ("email", None, 12, TOKEN),
        ("name", "Ana Lopez", 60, f"Ana {TOKEN}"),
        ("name", "Holidays", None, f"Holidays {TOKEN}"),
        ("name", "Holidays", 15, TOKEN),
        ("username", "ana", None, TOKEN),
        ("name", None, None, TOKEN),
        ("name", "Ana", 9, None),
        ("email", "ana@example.com", 15, None),
    ],
)
def test_token_in_the_shape_of_the_sample(
    column: str, sample: str | None, limit: int | None, expected: str | None
) -> None:
    """The token keeps the sample's form where the column has room for it."""
    assert with_token(column, sample, TOKEN, limit) == expected


@pytest.mark.parametrize(
    ("sample", "limit", "shape"),
    [
        ("TRF-2024-0001", None, r"TRF-\d{4}-\d{4}"),
        ("AB-12", None, r"[A-Z]{2}-\d\d"),
        ("my-first-post", None, r"[a-z]{2}-[a-z]{5}-[a-z]{4}"),
        ("9f86d081884c7d65", None, r"[0-9a-f]{16}"),
        ("ana@example.com", None, r"ana\.7\w{3}@example\.com"),
        ("ana@example.com", 15, r"[a-z]{3}@[a-z]{7}\.[a-z]{3}"),
        (None, None, r"tw\w{8}"),
        (None, 4, r"\w{4}"),
    ],
)
def test_fresh_text_keeps_the_shape(sample: str | None, limit: int | None, shape: str) -> None:
    """A unique text is new, of the same form, and another at each attempt."""
    texts = {fresh_text("code", sample, BEN, limit, attempt) for attempt in range(4)}
    assert len(texts) == 4
    assert sample not in texts
    assert all(re.fullmatch(shape, text) for text in texts), texts


def test_plausible_text_by_name() -> None:
    """A column's name says what may stand in it; something is offered for any name."""
    assert plausible("currency", TOKEN)[0] == "EUR"
    assert plausible("work_email", TOKEN)[0] == f"{TOKEN}@example.com"
    assert plausible("whatever", TOKEN)[0] == TOKEN
