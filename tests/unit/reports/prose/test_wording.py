from __future__ import annotations

import pytest

from twiceshy.reports.prose.wording import Lexicon, plain

LEXICON = Lexicon(
    {
        "config": "configur setting. 設定",
        "full": "disk_full lleno",
        "red": "red.",
    }
)


def notions(text):
    """The names of the notions in a text."""
    names = {bit: name for name, bit in LEXICON.bits.items()}
    return {names[bit] for bit in LEXICON.found(plain(text))}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Größe, Ärger & Co.", " grosse arger co "),
        ("La configuración falló", " la configuracion fallo "),
        ("see https://example.com/a-b for more", " see for more "),
        ("wp-settings.php", " wp settings php "),
        ("ガバナンス・設定", " ガバナンス 設定 "),
        ("cafe\u0301", " cafe "),
        ("", "  "),
    ],
)
def test_plain_text_is_words_alone(text, words):
    """Lower case, no accents, no punctuation, no addresses; Japanese keeps its marks."""
    assert plain(text) == words


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("A misleading Configuration", {"config"}),
        ("two settings", set()),
        ("one setting", {"config"}),
        ("the disk full of logs", {"full"}),
        ("the disk is full", set()),
        ("disco lleno", {"full"}),
        ("設定ミスです", {"config"}),
        ("infrared", set()),
    ],
)
def test_words_are_found_by_their_beginnings(text, found):
    """A dot makes them whole, `_` joins them, Japanese is found anywhere."""
    assert notions(text) == found


def test_places_tell_which_came_first():
    """Counted in words."""
    found = LEXICON.found(plain("a red setting was configured"))
    assert found == {LEXICON.bits["red"]: 1, LEXICON.bits["config"]: 2}
