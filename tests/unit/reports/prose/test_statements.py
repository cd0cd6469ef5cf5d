from __future__ import annotations

import pytest

from twiceshy.reports.prose.parse import parse_document
from twiceshy.reports.prose.statements import place, sentences, statements


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("It failed. We fixed it!", ["It failed.", "We fixed it!"]),
        ("Version 1.2 failed, e.g. for Ana. So we rolled back.", None),
        ("On May 3. Then it ended.", ["On May 3.", "Then it ended."]),
        (
            "Am 3. Mai war es soweit. Dann nicht mehr.",
            ["Am 3. Mai war es soweit.", "Dann nicht mehr."],
        ),
        ("停止しました。復旧しました。", ["停止しました。", "復旧しました。"]),
        ("Long text that\ngoes on here.", ["Long text that\ngoes on here."]),
        ("Add alerts\nRotate logs", ["Add alerts", "Rotate logs"]),
        (
            (
                "10:00 the queue stops, and nobody looks at it for as long as half an hour\n"
                "10:30 somebody restarts the worker"
            ),
            [
                "10:00 the queue stops, and nobody looks at it for as long as half an hour",
                "10:30 somebody restarts the worker",
            ],
        ),
        ('He said "no." Then he left.', ['He said "no."', "Then he left."]),
        ("", []),
    ],
)
def test_sentences_end_at_full_stops_and_at_lines_that_stand_alone(text, parts):
    """Not at abbreviations, numbers and German days."""
    found = [text[start:end] for start, end in sentences(text) if text[start:end].strip()]
    assert found == (
        ["Version 1.2 failed, e.g. for Ana.", "So we rolled back."] if parts is None else parts
    )


def test_statements_know_the_headings_above_them():
    """Outermost first; code says nothing."""
    (document,) = parse_document(
        "# Outage\n\n## Causes\n\nIt was full. Really.\n\n```\nfull = 1\n```\n", "report.md"
    )
    said = statements(document)
    assert [statement.text for statement in said] == ["It was full.", "Really."]
    assert said[1].headings == ("Outage", "Causes")


def test_a_text_is_found_in_the_source_of_its_block():
    """Markup may stand inside of it; what cannot be found is the whole block."""
    (document,) = parse_document("# Outage\n\nThe **big** disk. It was full.\n", "report.md")
    block = document.blocks[1]
    span = place(document, block, "The big disk.")
    assert document.original[span.start : span.end] == "The **big** disk."
    assert place(document, block, "never said") == block.span
