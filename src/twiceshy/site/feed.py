"""The newest reports as an Atom feed (RFC 4287)."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING
from xml.etree import ElementTree

if TYPE_CHECKING:
    import datetime

    from twiceshy.library import Entry
    from twiceshy.site.site import Site

_NAMESPACE = "http://www.w3.org/2005/Atom"
_MOST = 30
_OURS = uuid.UUID("6f0b8a5e-7c1f-4d8e-9f3a-2b4c6d8e0f12")
"""Names that are made from a report's id stay the same wherever the pages stand."""


def feed(site: Site) -> str:
    """The feed. Links begin with the configured address; without one they are relative."""
    base = site.settings.url or ""
    base = base if not base or base.endswith("/") else f"{base}/"
    root = ElementTree.Element("feed", {"xmlns": _NAMESPACE})
    newest = [entry for entry in site.entries if entry.date][:_MOST]
    dates = [entry.date for entry in newest if entry.date]
    _add(root, "id", f"urn:uuid:{uuid.uuid5(_OURS, f'{base} {site.title}')}")
    _add(root, "title", site.title)
    _add(root, "updated", _moment(max(dates, default=site.today)))
    _add(root, "link", rel="self", href=f"{base}feed.xml")
    _add(root, "link", rel="alternate", type="text/html", href=f"{base}index.html")
    for entry in newest:
        _add_entry(root, site, entry, base)
    ElementTree.indent(root)
    written = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{written}\n'


def _add_entry(root: ElementTree.Element, site: Site, entry: Entry, base: str) -> None:
    made = ElementTree.SubElement(root, "entry")
    if entry.language:
        made.set("xml:lang", entry.language)
    _add(made, "id", f"urn:uuid:{uuid.uuid5(_OURS, f'{site.title} {entry.id}')}")
    _add(made, "title", entry.title)
    _add(made, "updated", _moment(entry.date or site.today))
    _add(made, "link", rel="alternate", type="text/html", href=f"{base}{site.href(entry.id)}")
    for author in entry.authors or (site.title,):
        _add(ElementTree.SubElement(made, "author"), "name", author)
    for tag in entry.tags:
        _add(made, "category", term=_xml(tag))
    _add(made, "summary", entry.excerpt)


def _add(parent: ElementTree.Element, name: str, text: str = "", **attributes: str) -> None:
    child = ElementTree.SubElement(parent, name, attributes)
    child.text = _xml(text) or None


def _xml(text: str) -> str:
    """Without the characters that XML cannot hold, not even escaped."""
    return "".join(c for c in text if c in "\t\n\r" or (c >= " " and c not in "\ufffe\uffff"))


def _moment(day: datetime.date) -> str:
    return f"{day.isoformat()}T00:00:00Z"
