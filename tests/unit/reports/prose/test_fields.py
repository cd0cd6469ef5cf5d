"""Values with a name."""

from __future__ import annotations

import pytest

from twiceshy.reports.prose.chronicle import Chronicle
from twiceshy.reports.prose.fields import fields_of
from twiceshy.reports.prose.parse import parse_document


def _fields(text):
    fields = fields_of(Chronicle(parse_document(text, "a.md")[0]))
    return {field.label: [str(one.at) for one in field.mentions] for field in fields}


@pytest.mark.parametrize(
    "text",
    [
        "Start time: 2023-05-05 10:00\n",
        "- **Start time**: 2023-05-05 10:00\n",
        "**Start time:** 2023-05-05 10:00\n",
        "Start time - 2023-05-05 10:00\n",
        "| a | b |\n|---|---|\n| Start time | 2023-05-05 10:00 |\n",
        "| Start time | End | By |\n|---|---|---|\n| 2023-05-05 10:00 | 11:00 | us |\n",
        "Times: Start time: 2023-05-05 10:00, End time: 11:00\n",
        "---\nstart_time: 2023-05-05 10:00\n---\nText\n",
        "---\nstart-time: 2023-05-05T10:00:00\n---\nText\n",
        "### Start time\n\n2023-05-05 10:00\n",
    ],
)
def test_a_value_is_found_with_its_name(text):
    """However it is written."""
    assert _fields(text)["start time"][0].startswith("2023-05-05T10:00")


def test_a_moment_knows_its_place_in_the_block():
    """Beside that in its value."""
    chronicle = Chronicle(parse_document("Start time: 10:00 UTC\n", "a.md")[0])
    (field,) = fields_of(chronicle)
    assert (field.mentions[0].start, field.first.start) == (0, 12)


def test_action_items_and_links_are_no_fields():
    """A due date is nothing that happened."""
    assert _fields("## Action items\n- Due: 2023-05-05\n") == {}
    assert _fields("See https://example.org/a\n") == {}


def test_numbers_of_the_front_matter_count_where_they_are_minutes():
    """Other keys are left alone."""
    fields = _fields("---\nduration_minutes: 45\nweight: 3\ndraft: true\n---\nText\n")
    assert list(fields) == ["duration minutes"]
