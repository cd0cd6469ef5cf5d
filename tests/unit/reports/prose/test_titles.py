from __future__ import annotations

import pytest

from twiceshy.reports.prose.parse import parse_document
from twiceshy.reports.prose.titles import title_of


@pytest.mark.parametrize(
    ("text", "title", "sure"),
    [
        ("---\ntitle: The day it rained\n---\n# Postmortem\n", "The day it rained", 1.0),
        ("# Postmortem\nMore.\n", "Postmortem", 0.9),
        ("## Summary\nIt failed.\n", "2024 03 02 disk full", 0.4),
        ("The cache was cold\nA long story.\n", "The cache was cold", 0.7),
        ("This is my first report\n\nIt failed.\n", "This is my first report", 0.5),
        ("**Title:** Mails twice\n\nText.\n", "Mails twice", 0.7),
        ("# Outage of the shop\n\n## Summary\n", "Outage of the shop", 0.9),
        ("", "2024 03 02 disk full", 0.4),
    ],
)
def test_the_title_is_what_says_most(text, title, sure):
    """Front matter, then a heading, then a line, then the name of the file."""
    (document,) = parse_document(text, "reports/2024-03-02-disk_full.md")
    found = title_of(document)
    assert (found.value, found.confidence) == (title, sure)


def test_other_titles_are_told_too():
    """A heading that only says what every report is, gives way."""
    (document,) = parse_document("---\ntitle: Postmortem\n---\n# Disk full\n", "a.md")
    found = title_of(document)
    assert (found.value, found.alternatives) == ("Disk full", ("Postmortem", "a"))
