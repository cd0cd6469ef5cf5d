from __future__ import annotations

import json
from dataclasses import replace

from twiceshy.site.search_index import (
    SHARDS,
    Found,
    Words,
    reports_part,
    shard,
    text_part,
    words_part,
)

REPORT = Found(
    "reports/a.html", "Ünlocked", "de", "2026-01-02", "SEV1", ("checkout",), "A lead", "t-a"
)


def _value(script: str):
    """What a part hands over: each is one call with JSON in it."""
    assert script.endswith(");\n")
    return json.loads(f"[{script.partition('(')[2][:-3]}]")


def test_words_are_folded_and_japanese_comes_in_pairs():
    """The same as in the search of the command line."""
    words = Words()
    words.add(REPORT, "Die Wörter. 予約")
    found = {word for part in words.shards().values() for word in part}
    assert {"unlocked", "worter", "checkout", "予約", "2026", "sev1"} <= found


def test_postings_are_steps_and_weights():
    """A word of the title weighs more than one of the text; reports are counted from the last."""
    words = Words()
    words.add(REPORT, "lock")
    words.add(replace(REPORT, title="nothing"), "")
    words.add(replace(REPORT, title="lock"), "")
    assert words.shards()["w-l"]["lock"] == [0, 1, 2, 8]


def test_every_word_stands_in_a_part_that_may_be_there():
    """Whoever looks for a word knows the part by its first letter."""
    for word in ("a1", "9", "予約", "ñ", "д", "\U0001f4a5x"):
        assert shard(word) in SHARDS


def test_parts_are_calls_with_json():
    """They load as scripts, from files too, and do nothing but hand over."""
    assert _value(reports_part([REPORT], ["w-a"])) == [
        {
            "reports": [
                {
                    "href": "reports/a.html",
                    "title": "Ünlocked",
                    "lang": "de",
                    "date": "2026-01-02",
                    "severity": "SEV1",
                    "about": ["checkout"],
                    "lead": "A lead",
                    "text": "t-a",
                }
            ],
            "shards": ["w-a"],
        }
    ]
    hostile = '");alert(1);("</script>'
    assert _value(text_part("t-a", hostile)) == ["t-a", hostile]
    assert _value(words_part("w-a", {"a": [0, 1]})) == ["w-a", {"a": [0, 1]}]


def test_a_word_without_end_is_found_by_its_beginning():
    """Keys and hashes do not swell the index."""
    words = Words()
    words.add(REPORT, "z" * 4000)
    assert list(words.shards()["w-z"]) == ["z" * 40]
