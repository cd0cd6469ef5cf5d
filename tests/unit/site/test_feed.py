from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

from twiceshy.config.project import Site as Settings
from twiceshy.site.feed import feed

ATOM = "{http://www.w3.org/2005/Atom}"


def test_the_feed_has_the_newest_reports_with_whole_addresses(sites):
    """As RFC 4287 wants it: id, title, updated, and an author for every entry."""
    root = ElementTree.fromstring(feed(sites["public"]).encode())
    entries = root.findall(f"{ATOM}entry")
    assert len(entries) == 6
    first = entries[0]
    assert first.findtext(f"{ATOM}title") == "Checkout refused every card for 47 minutes"
    assert first.findtext(f"{ATOM}updated") == "2024-10-14T00:00:00Z"
    link = first.find(f"{ATOM}link").get("href")
    assert link == "https://postmortems.example.com/reports/2024-10-14-checkout.html"
    for entry in entries:
        assert entry.findtext(f"{ATOM}id").startswith("urn:uuid:")
        assert entry.findtext(f"{ATOM}author/{ATOM}name")


def test_without_an_address_links_are_relative(sites):
    """They are then seen from the feed itself."""
    root = ElementTree.fromstring(feed(replace(sites["public"], settings=Settings())).encode())
    assert root.find(f"{ATOM}link").get("href") == "feed.xml"


def test_characters_that_xml_cannot_hold_are_left_out(sites):
    """A title with a control character must not break every reader."""
    entry = replace(sites["public"].entries[0], title="a\x00b\x1bc\ufffe")
    root = ElementTree.fromstring(feed(replace(sites["public"], entries=(entry,))).encode())
    assert root.findtext(f"{ATOM}entry/{ATOM}title") == "abc"
