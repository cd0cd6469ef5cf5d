"""The pages as a folder of files, for any host."""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from twiceshy.errors import UsageError
from twiceshy.site import search_index
from twiceshy.site.article import body
from twiceshy.site.pages import (
    found_as,
    makers,
    report_files,
    search_files,
    searched,
    volumes,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from twiceshy.config.project import Project
    from twiceshy.site.site import Site

LIST = ".twiceshy-site.json"
"""Names the files of the last time. What is not made any more is deleted, since it may be a report
that this audience must no longer see."""


@dataclass(frozen=True, slots=True)
class Built:
    """What came of it: how many files there are, how many of them changed or went."""

    files: int
    changed: int
    removed: int


def build(site: Site, folder: Path) -> Built:
    """Write the site into `folder`, and delete what is left of an earlier one.

    Raises UsageError when the folder holds anything else, or cannot be written.
    """
    before = earlier(folder)
    try:
        return _written(site, folder, before)
    except OSError as error:
        raise UsageError(
            "The site cannot be written",
            where=str(error.filename or folder),
            seen=(error.strerror or str(error)).lower(),
            todo="Check the folder's permissions and space, or name another one with --to.",
        ) from error


def check_place(folder: Path, project: Project) -> None:
    """Refuse a folder in which pages would mix with the project's own files. Raises UsageError."""
    place, root = folder.resolve(), project.root.resolve()
    reports = (root / project.reports).resolve()
    if place in (root, *root.parents) or place.is_relative_to(reports):
        raise UsageError(
            "The site cannot stand there",
            where=str(folder),
            seen="the project's own folder, one above it, or one among its reports",
            todo="Name a folder of its own with --to.",
        )


def contents(site: Site) -> Iterator[tuple[str, str]]:
    """Every file of the site with its text, each report read once."""
    words = search_index.Words()
    for volume in volumes(site):
        found = found_as(site, volume.entry)
        words.add(found, body(volume))
        yield from report_files(site, volume)
        yield f"search/{found.text}.js", search_index.text_part(found.text, searched(volume))
    yield from search_files(site, words)
    for path, make in makers(site).items():
        if not path.startswith("reports/"):
            yield path, make()


def _written(site: Site, folder: Path, before: frozenset[str]) -> Built:
    folder.mkdir(parents=True, exist_ok=True)
    possible = _planned(site)
    # First of all what is no more, even its name: nobody may find it while the rest is written.
    _remember(folder, before | possible)
    removed = sum(_remove(folder, path) for path in before - possible)
    _remember(folder, possible)
    made: set[str] = set()
    changed = 0
    for path, text in contents(site):
        made.add(path)
        changed += _write(folder / path, text)
    removed += sum(_remove(folder, path) for path in possible - made)
    _remember(folder, made)
    return Built(len(made), changed, removed)


def _planned(site: Site) -> frozenset[str]:
    """Every path that the site may have; of the parts of the index, not all are needed."""
    texts = {f"search/{found_as(site, entry).text}.js" for entry in site.entries}
    parts = {f"search/{name}.js" for name in ("reports", *search_index.SHARDS)}
    return frozenset(makers(site)) | texts | parts


def _remember(folder: Path, paths: Iterable[str]) -> None:
    _write(folder / LIST, json.dumps(sorted(paths), indent=0) + "\n")


def earlier(folder: Path) -> frozenset[str]:
    """The files that an earlier site wrote into `folder`. Raises UsageError where others are."""
    if folder.is_dir() and not any(folder.iterdir()):
        return frozenset()
    if not folder.exists() and not folder.is_symlink():
        return frozenset()
    try:
        names = json.loads((folder / LIST).read_text("utf-8"))
    except (OSError, ValueError):
        names = None
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise UsageError(
            "The folder for the site holds something else",
            where=str(folder),
            seen=f"it is not empty, and no {LIST} in it says what an earlier site has written",
            todo="Name another folder with --to, or empty this one.",
        )
    return frozenset(names)


def _write(file: Path, text: str) -> bool:
    """Write a file; whether it differs from what was there. A reader never sees half of it."""
    content = text.encode("utf-8", "replace")
    if file.is_file() and not file.is_symlink() and file.read_bytes() == content:
        return False
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_name(f"{file.name}.new")
    beside.write_bytes(content)
    beside.replace(file)
    return True


def _remove(folder: Path, path: str) -> bool:
    """Delete one file of an earlier site, if it is there and inside the folder."""
    file = folder / path
    if not file.parent.resolve().is_relative_to(folder.resolve()) or not file.is_file():
        return False
    file.unlink()
    with contextlib.suppress(OSError):
        file.parent.rmdir()
    return True
