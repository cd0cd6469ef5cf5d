"""Every file of a site, each with what makes it."""

from __future__ import annotations

import json
from functools import partial
from importlib.resources import files
from typing import TYPE_CHECKING

from twiceshy.render.lanes_svg import STYLE as LANES_STYLE
from twiceshy.render.series_svg import STYLE as SERIES_STYLE
from twiceshy.site import feed, figures, lists, record, search_index
from twiceshy.site.article import article, body
from twiceshy.site.brief import plain
from twiceshy.site.cards import language
from twiceshy.site.templates import page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import TypeAlias

    from twiceshy.library.entry import Entry, Volume
    from twiceshy.site.site import Site

    Makers: TypeAlias = Mapping[str, Callable[[], str]]

ASSETS = ("style.css", "page.js", "search.js", "board.js", "icon.svg")

_TYPES = {
    "css": "text/css; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "json": "application/json",
    "svg": "image/svg+xml",
    "xml": "application/atom+xml",
}


def media_type(path: str) -> str:
    """What a file is served as."""
    return _TYPES[path.rpartition(".")[2]]


def makers(site: Site) -> Makers:
    """The path of every file but those of search, each with a function that makes its text."""
    made: dict[str, Callable[[], str]] = {f"assets/{name}": partial(asset, name) for name in ASSETS}
    made |= {
        "index.html": partial(lists.home, site),
        "reports.html": partial(lists.all_reports, site),
        "actions.html": partial(lists.board, site),
        "statistics.html": partial(figures.statistics, site),
        "topics.html": partial(lists.all_topics, site),
        "search.html": partial(page, site, "search", "search.html"),
        "feed.xml": partial(feed.feed, site),
        "schema/report.json": _schema,
    }
    for kind in ("services", "tags"):
        for topic in lists.topics(site, kind):
            made[topic.href] = partial(lists.topic, site, topic)
    for id_, name in site.pages.items():
        for path in (f"reports/{name}.html", f"reports/{name}.json"):
            made[path] = partial(_of_report, site, id_, path)
    return made


def volumes(site: Site) -> Iterator[Volume]:
    """Every report of the site, one after the other."""
    for entry in site.entries:
        yield volume_of(site, entry.id)


def volume_of(site: Site, id_: str) -> Volume:
    """One report. Raises LookupError when its file has gone since the site was made."""
    found = site.library.volume(id_, site.audience)
    if found is None:
        raise LookupError(id_)
    return found


def report_files(site: Site, volume: Volume) -> Iterator[tuple[str, str]]:
    """The page of one report and its JSON."""
    alike = site.library.similar(volume.entry.id, site.audience)
    path = site.href(volume.entry.id)
    yield path, page(site, "report", path, report=article(site, volume, alike))
    yield path.removesuffix(".html") + ".json", record.record(site, volume, alike)


def found_as(site: Site, entry: Entry) -> search_index.Found:
    """A report as search shows it."""
    name = site.pages[entry.id]
    return search_index.Found(
        href=site.href(entry.id),
        title=entry.title,
        lang=language(entry),
        date=entry.date.isoformat() if entry.date else "",
        severity=entry.severity,
        about=(*entry.services, *entry.tags),
        lead=entry.excerpt,
        text=f"t-{name}",
    )


def searched(volume: Volume) -> str:
    """The words of a report in which search looks."""
    return plain(body(volume), most=200_000)


def search_files(site: Site, words: search_index.Words) -> Iterator[tuple[str, str]]:
    """The index, from the words of all reports in their order; the reports' texts are not in it."""
    shards = words.shards()
    reports = (found_as(site, entry) for entry in site.entries)
    yield "search/reports.js", search_index.reports_part(reports, shards)
    for name, postings in shards.items():
        yield f"search/{name}.js", search_index.words_part(name, postings)


def asset(name: str) -> str:
    """A file that is the same in every site."""
    text = (files("twiceshy.site") / "assets" / name).read_text("utf-8")
    # What guards saw is drawn as everywhere else.
    return text + LANES_STYLE + SERIES_STYLE if name == "style.css" else text


def _schema() -> str:
    return json.dumps(record.schema(), indent=2, ensure_ascii=False) + "\n"


def _of_report(site: Site, id_: str, path: str) -> str:
    return dict(report_files(site, volume_of(site, id_)))[path]
