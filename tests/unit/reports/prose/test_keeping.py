from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twiceshy.errors import ReportError
from twiceshy.model.postmortem import Fact, Postmortem, Span, Suggestion
from twiceshy.reports.parse import parse_report
from twiceshy.reports.prose.encodings import decoded
from twiceshy.reports.prose.keeping import Source, kept, original_of
from twiceshy.reports.prose.read import read_postmortems

PATH = Path("report.md")
TEXTS = Path(__file__).parent / "texts"


def keep(content, name="a.md", front_matter=None, **more):
    """The file of a report about nothing that keeps these bytes."""
    text, encoding = decoded(content)
    postmortem = Postmortem(Span(0, len(text)), **more)
    return kept(postmortem, Source(name, text, encoding), front_matter or {})


@given(st.binary(max_size=300), st.text(max_size=40))
def test_not_a_byte_is_lost(content, title):
    """Not even of what is no text, and whatever its title is."""
    assert original_of(keep(content, title=Fact(title)), PATH) == content


@pytest.mark.parametrize("path", sorted(TEXTS.iterdir()), ids=lambda path: path.name)
@pytest.mark.parametrize(
    "change", [bytes, lambda c: c.replace(b"\n", b"\r\n"), lambda c: b"\xef\xbb\xbf" + c]
)
def test_originals_come_back_as_they_were(path, change):
    """Every format; the incidents of one file make up the file."""
    content = change(path.read_bytes())
    text, encoding = decoded(content)
    found = read_postmortems(text, path.name).postmortems
    files = [kept(each, Source(path.name, text, encoding), {}) for each in found]
    assert b"".join(original_of(file, PATH) for file in files) == content


def test_what_is_written_below_is_not_of_the_original():
    """A guard and lines of a log may be added, and the original is still there."""
    assert original_of(keep(b"Down.") + b"\n\n```toml guard\n```\n", PATH) == b"Down."


def test_a_change_of_the_original_is_noticed():
    """It is then no original any more."""
    with pytest.raises(ReportError, match="was changed since"):
        original_of(keep(b"Down.").replace(b"Down.", b"Up, ."), PATH)


@pytest.mark.parametrize("content", [b"", b"# A\n", b"+++\ntitle = 'x'\n+++\nA\n", b"+++\n"])
def test_a_report_that_was_not_imported_has_no_original(content):
    """Which is said."""
    with pytest.raises(ReportError, match="not imported"):
        original_of(content, PATH)


def test_what_hides_an_original_hides_the_report():
    """And what its front matter says for us is carried over; the rest stays below."""
    front_matter = {"hide": True, "visibility": "restricted", "tags": ["a"], "layout": "post"}
    report = parse_report(keep(b"x", front_matter=front_matter).decode(), PATH)
    assert (report.front_matter["hide"], report.front_matter["visibility"]) == (True, "restricted")
    assert report.front_matter["tags"] == ["a"]
    assert "layout" not in report.front_matter


def test_a_report_whose_original_says_nothing_is_internal():
    """Nothing becomes public by being imported."""
    report = parse_report(keep(b"x").decode(), PATH)
    assert (report.front_matter["visibility"], report.front_matter["status"]) == (
        "internal",
        "draft",
    )


def test_the_front_matter_below_ours_is_no_text():
    """The original keeps its own, and neither pages nor sections show it."""
    report = parse_report(keep(b"---\ntitle: x\nfoo: y\n---\n## Impact\nAll.\n").decode(), PATH)
    assert [section.name for section in report.sections] == ["impact"]
    assert not report.problems


@pytest.mark.parametrize("draft", ['kind = "locks"\n', "a = '''x'''\n", "+++\n", 'b = "é\\u0000"'])
def test_a_suggested_guard_does_not_run(draft):
    """It stands in the front matter, with what speaks for it, until somebody moves it."""
    suggested = Suggestion("locks", 0.8, ("A lock", 'said "so"'), draft)
    file = keep(b"x", suggested=suggested)
    report = parse_report(file.decode(), PATH)
    assert report.guards == ()
    assert report.front_matter["suggested"]["guard"].strip() == draft.strip()
    assert original_of(file, PATH) == b"x"


@given(
    st.dictionaries(
        st.sampled_from(["id", "tags", "hide", "reviewers", "severity"]),
        st.one_of(
            st.none(),
            st.booleans(),
            st.text(max_size=9),
            st.floats(),
            st.lists(st.text(max_size=5)),
        ),
    )
)
def test_odd_front_matter_makes_sound_front_matter(front_matter):
    """Ours is TOML whatever the original's was."""
    content = keep(b"x", front_matter=front_matter)
    assert tomllib.loads(content.split(b"+++\n")[1].decode())["imported"]["bytes"] == 1
