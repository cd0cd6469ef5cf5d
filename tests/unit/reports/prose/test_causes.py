from __future__ import annotations

from pathlib import Path

import pytest

from twiceshy.reports.prose.causes import causes_of
from twiceshy.reports.prose.parse import parse_document


def causes(text):
    """The causes of a text that holds one report."""
    (document,) = parse_document(text, "report.md")
    return causes_of(document)


def told(text):
    """All that is told of the cause, in one text."""
    return " ".join(passage.text for passage in causes(text))


def test_a_short_section_on_causes_is_told_in_whole():
    """People write a cause in several sentences, and each belongs to it."""
    text = (
        "# Outage\n\n## Root cause\nThe disk was full. Logs were kept for ever.\n\n## Impact\nBad\n"
    )
    assert told(text) == "The disk was full. Logs were kept for ever."


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        (
            "The shop was down for an hour. This was caused by a full disk. We are sorry.",
            "This was caused by a full disk.",
        ),
        (
            "La tienda no respondía. Esto se debió a un disco lleno. Pedimos disculpas.",
            "Esto se debió a un disco lleno.",
        ),
        (
            "A loja ficou fora do ar. O problema foi causado por um disco cheio.",
            "O problema foi causado por um disco cheio.",
        ),
        (
            "La boutique était en panne. La panne est due à un disque plein.",
            "La panne est due à un disque plein.",
        ),
        (
            "Der Laden war nicht erreichbar. Grund dafür war eine volle Festplatte.",
            "Grund dafür war eine volle Festplatte.",
        ),
        (
            "Il negozio non rispondeva. Il guasto è stato causato da un disco pieno.",
            "Il guasto è stato causato da un disco pieno.",
        ),
        (
            "店舗が停止しました。ディスクの容量不足が原因でした。",
            "ディスクの容量不足が原因でした。",
        ),
    ],
)
def test_without_a_section_the_sentences_that_speak_of_the_cause_are_told(text, cause):
    """In all languages that are read."""
    assert cause in told(text + "\n")


def test_a_long_section_is_cut_to_its_most_telling_sentences():
    """What is told of the cause stays shorter than what one would call the report."""
    filler = "The weather was fine and the team had lunch together on that day. " * 80
    text = f"# Outage\n\n## Root cause\n{filler}A deadlock was caused by the migration. {filler}\n"
    assert "A deadlock was caused by the migration." in told(text)
    assert len(told(text)) < 4000


def test_what_was_suspected_is_not_told_as_the_cause():
    """A timeline follows wrong tracks."""
    text = (
        "# Outage\n\n## Timeline\n- 10:00 We initially suspected a bug in the network driver.\n"
        "- 10:20 The root cause was identified: the connection pool was exhausted.\n"
    )
    assert "pool was exhausted" in told(text)
    assert "network driver" not in told(text)


def test_measures_are_no_causes():
    """That something is missing is also why one adds it."""
    text = (
        "# Outage\n\nThe shop failed because its disk was full.\n\n"
        "## Action items\n- Add alerts because missing alerts caused a delay\n"
    )
    assert told(text) == "The shop failed because its disk was full."


def test_each_passage_has_its_place_in_the_original():
    """The span holds the words, with their markup."""
    text = "# Outage\n\n## Root cause\n\nThe **disk** was full.\n\n- Logs were `kept` for ever.\n"
    spans = [text[passage.span.start : passage.span.end] for passage in causes(text)]
    assert spans == ["The **disk** was full.", "Logs were `kept` for ever."]


def test_a_text_that_tells_no_cause_still_gives_its_likeliest_sentence():
    """Something to look at is better than nothing, and a text without a sentence has nothing."""
    assert told("# Outage\n\nIt was a long night.\n") == "It was a long night."
    assert causes("# Outage\n") == ()


def stories():
    """Reports that tell their cause somewhere, with the words that do."""
    text = Path(__file__).with_name("told_causes.txt").read_text(encoding="utf-8")
    for part in text.removeprefix("=== ").split("\n=== "):
        cause, written = part.split("\n", 1)
        yield written + "\n", cause


@pytest.mark.parametrize(("text", "cause"), list(stories()))
def test_the_cause_is_found_wherever_it_is_told(text, cause):
    """In details, a timeline, answers to questions, or running text."""
    assert cause in told(text)
