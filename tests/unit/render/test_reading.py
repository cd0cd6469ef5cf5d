from __future__ import annotations

from twiceshy.model.postmortem import (
    Conflict,
    Entry,
    Fact,
    Moment,
    Passage,
    Postmortem,
    Reading,
    Span,
    Suggestion,
    Task,
)
from twiceshy.render.imported import imported
from twiceshy.render.marks import ASCII, Page
from twiceshy.render.reading import reading_to_plain

START = Moment(2024, 5, 6, 9, 15, zone="UTC", offset=0)
TEXT = "# Down\n\nFrom 9:15\n"
POSTMORTEM = Postmortem(
    Span(0, len(TEXT)),
    title=Fact("Down", ("Off",), 0.9, Span(2, 6)),
    started_at=Fact(START, (Moment(month=5, day=6), None), 0.5, Span(8, 17)),
    duration_minutes=Fact(1505.0, (), 1.0),
    services=Fact(("api", "\x1b[31mdb"), (), 1.0),
    sections={"impact": Passage("x"), "what went well": Passage("y")},
    timeline=(Entry("It fell", START, START, "start", Span(8, 17)),),
    action_items=(Task("Mend it", "ana", "2024-06-01", "P1", done=True),),
    root_causes=(Passage("A slip"),),
    conflicts=(Conflict("end-before-start", "The end is before the start", (Span(8, 17),)),),
    suggested=Suggestion("locks", 0.876, ("A lock",), 'kind = "locks"'),
)
READING = Reading((POSTMORTEM,))


def test_a_reading_as_plain_values():
    """Every fact with its provenance, moments as ISO 8601 as far as they are known."""
    (report,) = reading_to_plain(READING)["reports"]
    assert report["started_at"] == {
        "value": "2024-05-06T09:15 UTC",
        "alternatives": ["--05-06", None],
        "confidence": 0.5,
        "span": [8, 17],
    }
    assert report["services"]["value"] == ["api", "\x1b[31mdb"]
    assert (report["sections"]["impact"], report["sections"]["summary"]) == (True, False)
    assert report["sections"]["lessons_learned"] is True
    assert report["timeline"][0]["until"] == "2024-05-06T09:15 UTC"
    assert report["action_items"][0]["done"] is True
    assert report["root_causes"] == [{"text": "A slip", "span": None}]
    assert report["suggested_kind"]["score"] == 0.88
    assert report["conflicts"][0]["rule"] == "end-before-start"


def test_a_refusal_as_plain_values():
    """With its reason and no report."""
    assert reading_to_plain(Reading(reason="it is a template")) == {
        "is_postmortem": False,
        "reason": "it is a template",
        "reports": [],
    }


def drawn(reading, files=(), name="a.md"):
    """The lines for a person, on a plain terminal."""
    return "\n".join(line.plain for line in imported(name, TEXT, reading, files, Page(90, ASCII)))


def test_people_see_fields_with_their_lines():
    """What is uncertain, what else it might be, what contradicts what, and what is missing."""
    told = drawn(READING, ("reports/down.md",))
    assert "+ a.md - reports/down.md" in told
    assert "title       Down  or Off  line 1" in told
    assert "started     2024-05-06T09:15 UTC  or --05-06  uncertain  line 3" in told
    assert "duration    1 d 1 h 5 min" in told
    assert "conflict    The end is before the start  line 3" in told
    assert "1 action item (1 done)" in told
    assert "lacks" in told
    assert "locks would re-create this" in told


def test_what_a_text_says_cannot_steer_the_terminal():
    """Control signs are shown, not obeyed."""
    assert "\x1b" not in drawn(READING)
    assert "\x1b" not in drawn(Reading(reason="x"), name="\x1b[2J.md")


def test_a_refusal_is_told_in_a_sentence():
    """Also of standard input."""
    told = drawn(Reading(reason="it is a template"), name="-")
    assert told == "! standard input is no postmortem: it is a template"
