from __future__ import annotations

from pathlib import Path

import pytest

from twiceshy.reports.prose.detection import detected_by
from twiceshy.reports.prose.parse import parse_document


def told():
    """Each text with the detector that it names first, `-` for none."""
    text = Path(__file__).with_name("detection.txt").read_text(encoding="utf-8")
    for part in text.removeprefix("=== ").split("\n=== "):
        who, written = part.split("\n", 1)
        yield None if who == "-" else who, written + "\n"


@pytest.mark.parametrize(("who", "text"), list(told()))
def test_the_first_detector_that_is_named_counts(who, text):
    """Under a heading or label of its own, in the timeline, or wherever it stands."""
    (document,) = parse_document(text, "report.md")
    assert detected_by(document).value == who


def test_the_sentence_that_says_so_is_pointed_at():
    """The span leads to the words in the original."""
    text = "# Incident\n\n## Detection\nIt was early. **A customer** called us at once.\n"
    (document,) = parse_document(text, "report.md")
    found = detected_by(document)
    assert found.value == "user"
    assert "called us" in text[found.span.start : found.span.end]
    assert found.confidence > 0.9


def test_another_detector_in_the_same_section_is_an_alternative():
    """Both are told, the first one counts."""
    text = "# Incident\n\n## Detection\nA customer called us. Then an alert fired.\n"
    (document,) = parse_document(text, "report.md")
    found = detected_by(document)
    assert (found.value, found.alternatives) == ("user", ("monitoring",))


def test_who_is_not_named_is_only_likely():
    """So that a reader, and the checks, can tell it from what the text says."""
    text = "# Outage\n\n## Timeline\n- 10:00 Issue detected, the disk was full.\n"
    (document,) = parse_document(text, "report.md")
    found = detected_by(document)
    assert (found.value, found.confidence < 0.5) == ("staff", True)
