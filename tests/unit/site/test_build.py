from __future__ import annotations

import json
import os
import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urldefrag, urlsplit

import pytest

import shelf_of_reports
from twiceshy.errors import UsageError
from twiceshy.library import Audience, Library
from twiceshy.site.build import LIST, build, check_place
from twiceshy.site.site import Site


def _files(folder: Path) -> dict[str, str]:
    return {
        file.relative_to(folder).as_posix(): file.read_text("utf-8")
        for file in folder.rglob("*")
        if file.is_file()
    }


class _Page(HTMLParser):
    """The addresses and ids of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.ids: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        for name, value in attrs:
            if name == "id":
                self.ids.append(value)
            if name in {"href", "src", "action"}:
                loads = tag in {"link", "script", "img", "iframe", "form", "base", "object"}
                (self.loads if loads else self.links).append(value)


@pytest.fixture(scope="module")
def built(sites, tmp_path_factory) -> dict[str, dict[str, str]]:
    """The files of each audience's site."""
    folder = tmp_path_factory.mktemp("built")
    for audience, site in sites.items():
        build(site, folder / audience)
    return {audience: _files(folder / audience) for audience in sites}


@pytest.mark.parametrize("level", ["internal", "restricted"])
def test_what_an_audience_may_not_see_is_in_no_file(built, level):
    """Neither in text nor in names: pages, feed, JSON, index and counts alike."""
    allowed = [audience.value for audience in Audience if audience.level >= Audience(level).level]
    for audience, files in built.items():
        everything = "\n".join([*files, *files.values()]).casefold()
        for word in shelf_of_reports.SECRETS[level]:
            assert (word.casefold() in everything) is (audience in allowed), (audience, word)


def test_every_link_leads_somewhere(built):
    """Links are relative, so that a folder works under any address and from files."""
    for files in built.values():
        pages = {path: _Page(text) for path, text in files.items() if path.endswith(".html")}
        for path, page in pages.items():
            for address in page.links + page.loads:
                target, fragment = urldefrag(address)
                if urlsplit(target).scheme:
                    continue
                assert not target.startswith("/")
                whole = (Path("/site") / path).parent / target if target else Path("/site") / path
                found = Path("/", *_resolved(whole)).relative_to("/site").as_posix()
                assert found in files, (path, address)
                if fragment and found.endswith(".html"):
                    assert fragment in pages[found].ids or fragment == "overdue", (path, address)


def _resolved(path: Path) -> list[str]:
    parts: list[str] = []
    for part in path.parts[1:]:
        if part == "..":
            parts.pop()
        else:
            parts.append(part)
    return parts


def test_no_page_asks_another_host(built):
    """All that loads by itself is a file of the site, and the policy says so too."""
    for path, text in built["restricted"].items():
        if path.endswith(".html"):
            assert all(not urlsplit(load).scheme for load in _Page(text).loads), path
            assert "default-src 'none'; script-src 'self'" in unescape(text)
    assert "url(" not in built["public"]["assets/style.css"]
    assert "@import" not in built["public"]["assets/style.css"]


def test_names_of_hostile_reports_stay_in_their_folders(built):
    """Path traversal in an id, a service or a tag leads to a name of letters and digits."""
    for path in built["restricted"]:
        assert path == LIST or re.fullmatch(r"(?:[a-z]+/)?[a-z0-9_-]+\.[a-z]+", path), path


def test_the_index_holds_every_report(built):
    """Also those that say little."""
    text = built["restricted"]["search/reports.js"]
    index = json.loads(text.partition("(")[2].rstrip(");\n"))
    assert len(index["reports"]) == len(shelf_of_reports.REPORTS)
    assert all(f"search/{name}.js" in built["restricted"] for name in index["shards"])


def test_ids_on_a_page_are_unique(built):
    """A report's own headings carry a prefix, so that they meet none of ours."""
    for path, text in built["restricted"].items():
        if path.endswith(".html"):
            ids = _Page(text).ids
            assert len(ids) == len(set(ids)), path


def test_a_second_time_only_what_changed_is_written(sites, tmp_path):
    """A host that copies by time has little to copy."""
    first = build(sites["public"], tmp_path / "site")
    second = build(sites["public"], tmp_path / "site")
    assert first.files == second.files == first.changed
    assert (second.changed, second.removed) == (0, 0)


def test_what_is_not_for_these_readers_any_more_is_deleted(sites, tmp_path):
    """Even the names of its files, and from the list of files too."""
    build(sites["restricted"], tmp_path)
    built = build(sites["public"], tmp_path)
    assert built.removed > 5
    files = _files(tmp_path)
    assert "xylophone" not in "\n".join([*files, *files.values()]).casefold()
    assert not list(tmp_path.rglob("*.new"))


def test_a_folder_with_other_files_is_left_alone(sites, tmp_path):
    """Nobody's files are overwritten or deleted."""
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(UsageError, match="holds something else"):
        build(sites["public"], tmp_path)
    (tmp_path / LIST).write_text("{not json")
    with pytest.raises(UsageError, match="holds something else"):
        build(sites["public"], tmp_path)
    assert _files(tmp_path) == {"thesis.txt": "years of work", LIST: "{not json"}


def test_a_list_of_files_that_leads_outside_deletes_nothing_there(sites, tmp_path):
    """The list lies in a folder that others may write to."""
    (tmp_path / "outside.txt").write_text("mine")
    site = tmp_path / "site"
    site.mkdir()
    (site / "link").symlink_to(tmp_path)
    names = ["../outside.txt", str(tmp_path / "outside.txt"), "link/outside.txt", ".", ""]
    (site / LIST).write_text(json.dumps(names))
    build(sites["public"], site)
    assert (tmp_path / "outside.txt").read_text() == "mine"


def test_a_place_that_cannot_be_written_is_told(sites, tmp_path):
    """A file is in the way."""
    (tmp_path / "file").write_text("x")
    with pytest.raises(UsageError, match="holds something else"):
        build(sites["public"], tmp_path / "file")
    with pytest.raises(UsageError, match="cannot be written"):
        build(sites["public"], tmp_path / "file" / "below")


@pytest.mark.parametrize("place", [".", "..", "postmortems", "postmortems/site"])
def test_pages_do_not_mix_with_the_projects_files(shelf, place):
    """The next time, pages would be read as reports."""
    with pytest.raises(UsageError, match="cannot stand there"):
        check_place(shelf.root / place, shelf)
    check_place(shelf.root / "site", shelf)


def test_odd_files_among_the_reports_do_no_harm(tmp_path):
    """Links in circles, links that lead nowhere or outside, names that are no text."""
    project = shelf_of_reports.project(
        tmp_path, {"a.md": "---\nid: a\n---\n# A\n\n## Summary\n\nx\n"}
    )
    folder = tmp_path / "postmortems"
    (folder / "circle").symlink_to(folder)
    (folder / "self.md").symlink_to("self.md")
    (folder / "nowhere.md").symlink_to("missing.md")
    (folder / "empty.md").write_bytes(b"")
    (folder / "binary.md").write_bytes(bytes(range(256)) * 10)
    Path(os.fsdecode(bytes(folder) + b"/\xff\xfe.md")).write_text("# B\n")
    with Library.open(project) as library:
        site = Site.of(library, project, Audience.RESTRICTED, shelf_of_reports.TODAY)
        built = build(replace(site, title="Odd"), tmp_path / "site")
    assert built.files
    assert "reports/a.html" in _files(tmp_path / "site")


def test_an_empty_project_has_an_empty_site(tmp_path):
    """Nothing to show is no error."""
    project = shelf_of_reports.project(tmp_path, {})
    with Library.open(project) as library:
        site = Site.of(library, project, Audience.PUBLIC, shelf_of_reports.TODAY)
        build(site, tmp_path / "site")
    assert "There are no reports yet." in (tmp_path / "site" / "index.html").read_text()
