from __future__ import annotations

import pytest

from twiceshy.reports.prose.language import language_of

TEXTS = {
    "en": "The queue was full because the worker had stopped, and nobody was told about it.",
    "es": "La cola estaba llena porque el proceso se había detenido y nadie lo supo hasta tarde.",
    "pt": "A fila estava cheia porque o processo tinha parado e ninguém foi avisado até à noite.",
    "fr": "La file était pleine car le processus s'était arrêté, et personne n'a été prévenu.",
    "de": "Die Warteschlange war voll, weil der Prozess stand und niemand davon wusste.",
    "it": "La coda era piena perché il processo si era fermato e nessuno è stato avvisato.",
    "nl": "De wachtrij was vol omdat het proces stilstond en niemand het had gezien.",
    "ja": "処理が止まっていたため、キューがいっぱいになりました。",
}


@pytest.mark.parametrize("language", TEXTS)
def test_one_sentence_is_enough(language):
    """Of each language that is read."""
    found, sure, _ = language_of(TEXTS[language])
    assert (found, sure > 0.5) == (language, True)


def test_words_of_the_trade_do_not_make_a_text_english():
    """Reports of all languages are full of them, and often have English headings."""
    text = f"# Summary\nTimeline, Root cause, deploy, rollback, pull request.\n{TEXTS['es']}"
    assert language_of(text)[0] == "es"


def test_japanese_with_names_of_programs():
    """Latin letters stand in every Japanese report."""
    text = f"{TEXTS['ja']} PostgreSQL deployment rollback API gateway の設定を戻しました。"
    assert language_of(text)[0] == "ja"


def test_no_words_no_language():
    """Which is no failure."""
    assert language_of("12345 --- 10:00") == ("", 0.0, ())
