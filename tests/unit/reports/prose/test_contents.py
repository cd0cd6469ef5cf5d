from __future__ import annotations

from pathlib import Path

import pytest

from twiceshy.reports.prose.read import read_postmortems

TEXTS = Path(__file__).parent / "texts"
CORE = {"summary", "impact", "root causes"}
HAVE = {
    "atlassian.md": CORE | {"detection", "resolution", "action items"},
    "etiquetas.md": CORE | {"timeline", "resolution", "action items", "where we got lucky"},
    "forum.txt": CORE | {"resolution", "detection"},
    "guasto.md": CORE | {"timeline", "resolution", "action items", "lessons learned"},
    "komponent.mdx": CORE | {"timeline", "resolution", "action items"},
    "panne.html": CORE | {"timeline", "resolution", "action items"},
    "perguntas.md": CORE | {"detection", "resolution", "action items", "lessons learned"},
    "plain.txt": CORE | {"timeline", "detection", "what went well", "action items"},
    "shougai.md": CORE | {"timeline", "resolution", "action items", "lessons learned"},
    "stoerung.rst": CORE | {"trigger", "timeline", "resolution", "action items"},
    "student.md": CORE | {"timeline", "resolution", "action items", "detection"},
    "numbered.md": CORE | {"timeline", "resolution", "action items"},
    "slips.md": CORE | {"timeline", "resolution", "action items"},
    "capitals.txt": CORE | {"timeline", "resolution", "action items"},
    "tabelle.md": CORE | {"detection", "resolution", "action items"},
    "fenced.md": CORE | {"timeline", "resolution", "action items"},
    "preguntas.md": CORE | {"timeline", "detection", "resolution", "action items"},
    "shirushi.md": CORE | {"timeline", "resolution", "action items"},
    "blog.md": CORE | {"resolution", "detection"},
    "bilan.md": CORE | {"detection", "resolution", "action items"},
    "zwei.md": {"summary", "timeline", "root causes", "action items"},
}
LACK = {
    "forum.txt": {"timeline", "action items", "lessons learned"},
    "perguntas.md": {"timeline"},
    "stoerung.rst": {"lessons learned"},
}
LANGUAGES = {
    "bilan.md": "fr",
    "blog.md": "de",
    "preguntas.md": "es",
    "shirushi.md": "ja",
    "etiquetas.md": "es",
    "guasto.md": "it",
    "panne.html": "fr",
    "perguntas.md": "pt",
    "shougai.md": "ja",
    "stoerung.rst": "de",
}


@pytest.mark.parametrize("name", HAVE)
def test_sections_are_found_under_whatever_heading_or_none(name):
    """By names, telling words, and sentences; and none that is not there."""
    for found in read_postmortems((TEXTS / name).read_text("utf-8"), name).postmortems:
        have = set(found.sections)
        assert have >= HAVE[name]
        assert not have & LACK.get(name, set())
        assert found.language.value == LANGUAGES.get(name, "en")


def test_each_section_says_where_it_stands():
    """The text and its place."""
    text = (
        "# A\n\nIt was down and was restored.\n\n## Impact\n\nNobody could pay from 10:00 to "
        "11:00 UTC.\n\n## Root cause\n\nThe disk was full.\n"
    )
    (found,) = read_postmortems(text, "a.md").postmortems
    impact = found.sections["impact"]
    assert impact.text == text[impact.span.start : impact.span.end]


def test_a_heading_of_two_names_opens_both():
    """`Root cause and resolution` is there twice."""
    text = "At 10:00 UTC the shop failed.\n\n## Root cause & resolution\nThe disk filled up; "
    text += "we cleared it. At 11:00 UTC it was restored.\n"
    (found,) = read_postmortems(text, "a.md").postmortems
    assert {"root causes", "resolution"} <= set(found.sections)
