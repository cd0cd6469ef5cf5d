from __future__ import annotations

from dataclasses import replace

from twiceshy.config.project import Site as Settings
from twiceshy.library import Audience
from twiceshy.library.entry import GuardState
from twiceshy.model.postmortem import Entry, Moment, Postmortem, Span
from twiceshy.model.verdict import Value
from twiceshy.site.article import article as article_with
from twiceshy.site.article import body, edit_link
from twiceshy.site.pages import asset, report_files, volume_of

QUEUE = "2024-08-02-slow-queue"


def article(site, volume):
    """The page of a report to which none is alike."""
    return article_with(site, volume, ())


def _volume(sites, audience="public", id_="2024-10-14-checkout"):
    return volume_of(sites[audience], id_)


def test_the_heading_that_repeats_the_title_is_left_out(sites):
    """The page has it already; all else is there, in its order."""
    text = body(_volume(sites))
    assert text.startswith("## Summary")
    assert text.index("## Impact") < text.index("## Lessons learned") < text.index("toml guard")


def test_links_to_edit_lead_to_the_forge(sites):
    """Without a configured place there is none, and none for a path that is not to be seen."""
    site = sites["public"]
    entry = _volume(sites).entry
    link = edit_link(site, entry)
    assert link.endswith("/harbour/edit/main/postmortems/2024-10-14-checkout.md")
    assert edit_link(replace(site, settings=Settings()), entry) == ""
    blackened = replace(entry, path=entry.path.with_name("\u2588\u2588.md"))
    assert edit_link(site, blackened) == ""


def test_the_timeline_is_drawn_and_told(sites):
    """From the entries where they have times, and from start and end where they do not."""
    at = [Moment(2024, 10, 14, 9, n) for n in (2, 11, 49)]
    lines = tuple(
        Entry(f"event {n}", moment, mark=mark)
        for n, (moment, mark) in enumerate(zip(at, ("start", "detected", "resolved"), strict=True))
    )
    volume = _volume(sites)
    told = replace(volume, postmortems=(Postmortem(Span(0, 0), timeline=lines),))
    assert [line.clock for line in article(sites["public"], told).timeline] == [
        "09:02",
        "09:11",
        "09:49",
    ]
    assert article(sites["public"], told).drawing is not None
    entry = replace(volume.entry, started_at=at[0], detected_at=None, resolved_at=at[2])
    bare = replace(volume, entry=entry, postmortems=())
    assert "Resolved 2024-10-14 09:49" in str(article(sites["public"], bare).drawing)


def test_guards_say_what_they_were_seen_to_say(sites):
    """Proved, never reproduced, never rehearsed."""
    volume = _volume(sites)

    def lines(**verdicts: Value) -> tuple[str, ...]:
        named = {version.replace("today", ""): value for version, value in verdicts.items()}
        at = None if not verdicts else volume.entry.guards[0].at
        guard = GuardState("isolation", 1, named, at)
        entry = replace(volume.entry, guards=(guard,))
        return article(sites["public"], replace(volume, entry=entry)).guards[0].lines

    assert any("Proved" in line for line in lines(faulty=Value.RECURS, today=Value.HOLDS))
    assert any("never seen to find" in line for line in lines(today=Value.HOLDS))
    assert lines() == ()


def test_the_page_says_for_whom_and_in_which_language(sites):
    """A screen reader needs the language; a reader should know that a page is not for all."""
    site = sites["internal"]
    assert site.audience is Audience.INTERNAL
    html = next(
        text for _, text in report_files(site, _volume(sites, "internal", "2024-07-19-depositos"))
    )
    assert '<h1 lang="es">' in html
    assert "In review" in html
    assert '<span class="edition internal">internal</span>' in html
    assert "lucía" in html


def test_what_a_guard_saw_is_drawn_for_those_who_see_everything(sites):
    """With its title and in its colours, below the guard; no other edition has a word of it."""
    words = "Waiting in the queue of the harbour office"
    pages = {
        audience: "".join(text for _, text in report_files(site, volume_of(site, QUEUE)))
        for audience, site in sites.items()
    }
    assert [audience for audience, text in pages.items() if words in text] == ["restricted"]
    page = pages["restricted"]
    assert f"<figcaption>{words}</figcaption>" in page
    assert "on the version faulty showed (recurs)" in page.replace("\n", " ")
    assert '<svg class="series"' in page
    assert ".series .band{" in asset("style.css")
