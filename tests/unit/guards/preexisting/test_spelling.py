from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twiceshy.guards.preexisting.spelling import (
    AS_SENT,
    FORMS,
    another,
    before_hashing,
    form_of,
    in_form,
    is_hashed,
    may_vary,
    otherwise,
)


@pytest.mark.parametrize(
    ("name", "value", "may"),
    [
        ("email", "bia@example.com", True),
        ("rut", "12.345.678-5", True),
        ("phone", "+56 9 1234 5678", True),
        ("passport", "AB123456", True),
        ("name", "Bia Rocha", True),
        ("password", "correct horse", False),
        ("born", "1990-01-31", False),
        ("at", "10:30", False),
        ("currency", "CLP", False),
        ("quantity", "12", False),
        ("back", "https://example.com/x", False),
        ("slot", "{event_id}", False),
    ],
)
def test_values_that_might_be_others(name, value, may):
    """Keys, not secrets, moments, codes or small numbers."""
    assert may_vary(name, value) is may


@pytest.mark.parametrize(
    ("value", "check"),
    [
        ("529.982.247-25", 11),
        ("12.345.678-5", 9),
        ("12345678Z", 9),
        ("4111 1111 1111 1111", 16),
        ("+55 11 95555 0142", 13),
        ("7e1ce547-0001-4000-8000-000000000001", 32),
    ],
)
def test_others_have_the_same_form(value, check):
    """Length, signs and sorts of letters stay."""
    for number in range(50):
        other = another(value, number)
        assert [each.isalnum() for each in other] == [each.isalnum() for each in value]
        assert sum(each.isalnum() for each in other) == check
    assert len({another(value, number) for number in range(50)}) == 50


def test_check_digits_stay_right():
    """By the rule by which the given one is right."""
    for number in range(50):
        cpf = [int(each) for each in another("529.982.247-25", number) if each.isdigit()]
        for end in (9, 10):
            total = sum(digit * (end + 1 - place) for place, digit in enumerate(cpf[:end]))
            assert total * 10 % 11 % 10 == cpf[end]
        rut = another("12.345.678-5", number).replace(".", "")
        body, check = rut.split("-")
        total = sum(int(d) * (2 + place % 6) for place, d in enumerate(reversed(body)))
        assert check == {10: "K", 11: "0"}.get(11 - total % 11, str(11 - total % 11))
        dni = another("12345678Z", number)
        assert dni[8] == "TRWAGMYFPDXBNJZSQVHLCKE"[int(dni[:8]) % 23]


def test_mail_goes_nowhere_else():
    """Only the part before the @ is another."""
    assert another("bia@example.com", 1).endswith("@example.com")
    assert another("bia@example.com", 1) == another("bia@example.com", 1)
    assert another("bia@example.com", -1) == "bia@example.com"


@pytest.mark.parametrize("form", FORMS)
def test_each_form_is_recognised(form):
    """What a plan shows leads back to the key."""
    value = "Ab.123.456-K"
    look = in_form(value, form)
    if look:
        assert in_form(value, form_of(look, value)) == look


def test_forms_of_a_key():
    """As sent, folded by the planner, without signs, hashed, in a pattern."""
    assert form_of("bia@example.com", "Bia@example.com") == "in lower case"
    assert form_of("%Bia@example.com%", "Bia@example.com") == AS_SENT
    assert form_of("123456785", "12.345.678-5") == "letters and digits alone"
    assert form_of("12345678", "12.345.678-5") == "without its last digit"
    digest = hashlib.sha256(b"12.345.678-5").hexdigest()
    assert is_hashed(form_of(digest, "12.345.678-5"))
    assert form_of("somebody@example.com", "bia@example.com") == ""


def test_what_was_hashed():
    """Without signs, in lower case, or as it was sent."""
    for plain in ("12.345.678-K", "12345678K", "12.345.678-k"):
        form = form_of(hashlib.md5(plain.encode()).hexdigest(), "12.345.678-K")
        assert before_hashing("12.345.678-K", form) == plain


def test_other_spellings():
    """As other people write the same key."""
    assert dict(otherwise("bia@x.org")) == {"in upper case": "BIA@X.ORG"}
    assert dict(otherwise("12.345.678-5"))["without signs between"] == "123456785"
    assert dict(otherwise("52998224725"))["with signs between"] == "529.982.247-25"
    assert dict(otherwise("123456785"))["with signs between"] == "12.345.678-5"


@given(st.text(), st.integers(0, 10))
def test_any_value_has_others(value, number):
    """Whatever people write, nothing fails."""
    may_vary("x", value)
    form_of(another(value, number), value)
    otherwise(value)
