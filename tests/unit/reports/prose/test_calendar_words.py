"""Names of months and weekdays."""

from __future__ import annotations

import pytest

from twiceshy.reports.prose.calendar_words import (
    AFTERNOON,
    misspelled_month,
    months,
    weekdays,
)


@pytest.mark.parametrize(
    ("language", "word", "month"),
    [("en", "sept", 9), ("es", "setiembre", 9), ("pt", "março", 3), ("fr", "août", 8),
     ("de", "jänner", 1), ("it", "luglio", 7), ("ja", "march", 3)],
)  # fmt: skip
def test_months_have_names_in_each_language(language, word, month):
    """English names are known beside those of the language."""
    assert months(language)[word] == month


def test_a_foreign_abbreviation_is_no_month_in_english():
    """`set 5 replicas` is no date."""
    assert "set" not in months("en")


def test_a_month_with_a_wrong_letter_is_known_by_its_beginning():
    """Where no month begins so, there is none."""
    assert misspelled_month("septmber", "en") == 9
    assert misspelled_month("version", "en") is None


@pytest.mark.parametrize(
    ("language", "word", "weekday"),
    [("es", "miércoles", 2), ("pt", "terça-feira", 1), ("fr", "dimanche", 6), ("ja", "水曜日", 2)],
)
def test_weekdays_count_from_monday(language, word, weekday):
    """Monday is 0."""
    assert weekdays(language)[word] == weekday


def test_afternoons_have_words():
    """Night counts as after noon."""
    assert "tarde" in AFTERNOON
    assert "午後" in AFTERNOON
