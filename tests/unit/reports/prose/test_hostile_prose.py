from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twiceshy.reports.prose.causes import causes_of
from twiceshy.reports.prose.detection import detected_by
from twiceshy.reports.prose.extent import impact_figures_of, services_of, severity_of
from twiceshy.reports.prose.kinds import suggestion_of
from twiceshy.reports.prose.parse import parse_document
from twiceshy.reports.prose.people import authors_of
from twiceshy.reports.prose.tasks import tasks_of

READERS = (
    authors_of,
    causes_of,
    detected_by,
    impact_figures_of,
    services_of,
    severity_of,
    suggestion_of,
    tasks_of,
)
PIECES = (
    "## Action items\n",
    "## Root cause\n",
    "- [ ] ",
    "| Action | Owner |\n|---|---|\n",
    "| a | b |\n",
    "~~",
    "**",
    "`",
    "- ",
    "  - ",
    "1. ",
    ":",
    "：",
    "(@ana, due 2024-01-01)",
    "。",
    "... ",
    "\n",
    "\n\n",
    "We will ",
    "caused by ",
    "users reported ",
    "GET /goals ",
    "deadlock ",
    "原因は",
    "100% of users ",
    "\x00",
    "\u2028",
    "\ufeff",
    "<b>",
    "&amp;",
    "Severity: ",
    "Detected by: ",
    "https://a.b/c ",
    "?",
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=8), max_size=40).map("".join))
def test_no_text_makes_them_fail_and_every_place_lies_in_the_text(text):
    """Whatever the pieces of a report are put together to."""
    for document in parse_document(text, "report.md"):
        for reader in READERS:
            found = reader(document)
            parts = found if isinstance(found, tuple) else (found,)
            for span in (getattr(part, "span", None) for part in parts):
                assert span is None or 0 <= span.start <= span.end <= len(text)


@pytest.mark.timeout(30)
@pytest.mark.parametrize(
    "piece",
    [
        "https://",
        ". ",
        ".",
        "?",
        "a: ",
        "(1) ",
        "\n",
        " ",
        "| a ",
        "- [ ] x\n",
        "@a ",
        "1 ",
        "$1,",
        "We will add alerts. ",
        "原因",
        "`",
        "GET ",
        "\n\n",
        "a/",
        "due ",
        "**a** ",
        "users reported ",
    ],
)
def test_a_long_repetition_is_read(piece):
    """In a fraction of a second; what goes over the text once per piece would take far longer."""
    text = "# Outage\n\n## Action items\n" + piece * (100_000 // len(piece)) + "\n"
    (document,) = parse_document(text, "report.md")[:1]
    for reader in READERS:
        reader(document)
