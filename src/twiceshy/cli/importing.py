"""Imports files and folders: reads, tells and writes."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from twiceshy.cli.exit_codes import ExitCode
from twiceshy.cli.options import Format
from twiceshy.errors import UsageError
from twiceshy.model.postmortem import Postmortem, Reading

STANDARD_INPUT = "-"


@dataclass(frozen=True, slots=True)
class Given:
    """One text that is to be imported; `named` tells whether its path was given itself."""

    name: str
    content: bytes
    named: bool
    problem: str = ""


def import_all(
    config: Path | None, paths: Sequence[str], form: Format, to: Path | None, *, dry_run: bool
) -> ExitCode:
    """Import everything below `paths`; the exit code of the command."""
    if not paths:
        raise UsageError(
            "There is nothing to import",
            todo="Name files or folders, or - for standard input.",
        )
    writes = not dry_run and (form is Format.TERMINAL or to is not None)
    folder = (to or _folder_of_reports(config)) if writes else None
    from twiceshy.cli.imported import Telling

    telling = Telling(form, single=len(paths) == 1 and not Path(paths[0]).is_dir())
    refused = imported = 0
    for given in _all_given(paths):
        reading, text, encoding = _read(given)
        files = _write(folder, given, reading, text, encoding) if folder else ()
        telling.tell(given.name, text, reading, files)
        imported += len(reading.postmortems)
        refused += given.named and not reading.postmortems
    telling.end()
    return ExitCode.RECURS if refused or not imported else ExitCode.HOLDS


def print_original(report: Path) -> None:
    """The original of an imported report on standard output, byte for byte."""
    from twiceshy.reports.prose.keeping import original_of

    sys.stdout.flush()
    sys.stdout.buffer.write(original_of(report.read_bytes(), report))
    sys.stdout.buffer.flush()


def _folder_of_reports(config: Path | None) -> Path:
    """The project's folder of reports; `postmortems` where there is no project."""
    from twiceshy.config.load import find_file, load_project
    from twiceshy.errors import ConfigurationError

    if config is None:
        try:
            find_file(Path.cwd())
        except ConfigurationError:
            return Path("postmortems")
    project = load_project(Path.cwd(), config)
    return project.root / project.reports


def _all_given(paths: Sequence[str]) -> Iterator[Given]:
    for name in paths:
        path = Path(name)
        if name == STANDARD_INPUT:
            yield Given(name, sys.stdin.buffer.read(_most() + 1), named=True)
        elif path.is_dir():
            for file in _files_below(path):
                yield _given(file, named=False)
        elif path.exists():
            yield _given(path, named=True)
        else:
            raise UsageError("There is no such file or folder", where=name, todo="Check the path.")


def _most() -> int:
    """As many bytes as the longest report can have."""
    from twiceshy.reports.prose.parse import LONGEST

    return 4 * LONGEST


def _given(path: Path, *, named: bool) -> Given:
    try:
        with path.open("rb") as file:
            return Given(str(path), file.read(_most() + 1), named)
    except OSError as error:
        says = (error.strerror or str(error)).lower()
        return Given(str(path), b"", named, f"it cannot be read: {says}")


def _files_below(folder: Path) -> Iterator[Path]:
    """Files of the formats that are read, by path; links to folders and hidden ones are left."""
    from twiceshy.reports.prose.formats import BY_SUFFIX

    for place, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            path = Path(place, name)
            if path.suffix.lower() in BY_SUFFIX and not name.startswith(".") and path.is_file():
                yield path


def _read(given: Given) -> tuple[Reading, str, str]:
    """What the text says, the text, and its encoding."""
    from twiceshy.reports.prose.encodings import decoded
    from twiceshy.reports.prose.read import read_postmortems

    if given.problem:
        return Reading(reason=given.problem), "", ""
    if len(given.content) > _most():
        return Reading(reason=f"it is too long: more than {_most():,} bytes"), "", ""
    text, encoding = decoded(given.content)
    return read_postmortems(text, given.name), text, encoding


def _write(
    folder: Path, given: Given, reading: Reading, text: str, encoding: str
) -> tuple[str, ...]:
    """What became of each report: the path of the new file, or why there is none."""
    from twiceshy.reports.prose.keeping import Source, kept
    from twiceshy.reports.prose.top import front_matter_of

    front_matter, _ = front_matter_of(text)
    said = []
    for number, postmortem in enumerate(reading.postmortems, 1):
        source = Source(_told_name(given.name), text, encoding, number, len(reading.postmortems))
        content = kept(postmortem, source, front_matter)
        said.append(_new_file(folder, _name(postmortem, given.name), content))
    return tuple(said)


def _told_name(name: str) -> str:
    """The path as given, unless it tells where on this machine the file lay."""
    path = Path(name)
    return path.name if path.is_absolute() or ".." in path.parts else path.as_posix()


def _name(postmortem: Postmortem, source: str) -> str:
    """Day and title as the beginning of a file's name."""
    from twiceshy.cli.drafts import slug

    title = slug(postmortem.title.value or "")
    if title == "report":
        title = slug(Path(source).stem)
    day = next(
        (
            str(moment)[:10]
            for moment in (postmortem.date.value, postmortem.started_at.value)
            if moment and moment.year and moment.month and moment.day
        ),
        "",
    )
    return f"{day}-{title}" if day and not title.startswith(day) else title


def _new_file(folder: Path, name: str, content: bytes) -> str:
    """Its path; an existing file is left as it is, and of another content gets a number."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(1, 1000):
        path = folder / (f"{name}-{number}.md" if number > 1 else f"{name}.md")
        shown = os.path.relpath(path)
        try:
            with path.open("xb") as file:
                file.write(content)
        except FileExistsError:
            if _is_of_same_original(path, content):
                return f"{shown} (imported before, and left as it is)"
        else:
            return shown
    raise UsageError("There are too many reports with this name", where=name)


def _is_of_same_original(path: Path, content: bytes) -> bool:
    from twiceshy.errors import ReportError
    from twiceshy.reports.prose.keeping import original_of

    with suppress(ReportError, OSError):
        return original_of(path.read_bytes(), path) == original_of(content, path)
    return False
