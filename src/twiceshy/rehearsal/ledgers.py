"""The folder that a strain's ledger is kept in, with what is needed to make up its account again.

.twiceshy/ledgers/<time>-<topic>/
    0.ledger, 1.ledger ...   one for each process that sent
    strain.json              what was asked, and what the account is made up with
    before.csv               keys and amounts that were recorded before anything was sent
    recorded.csv             the same after the run
"""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
from collections import Counter
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from twiceshy.errors import CannotTell, UsageError
from twiceshy.stage.checkout import own_folder

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator, Mapping
    from pathlib import Path

    from twiceshy.rehearsal.questions import Row

FOLDER = "ledgers"
ABOUT = "strain.json"
BEFORE = "before.csv"
RECORDED = "recorded.csv"
KEPT = 20
"""So many of the newest are kept."""
_LONGEST_NAME = 60


def new_folder(root: Path, topic: str) -> Path:
    """A new folder for a ledger in the project at `root`; the oldest make room for it.

    CannotTell when it cannot be made.
    """
    name = re.sub(r"[^a-z0-9]+", "-", topic.lower()).strip("-")[:_LONGEST_NAME]
    stamp = datetime.now(UTC).strftime("%Y-%m-%dT%H-%M-%S-%f")[:-3]
    try:
        ledgers = own_folder(root) / FOLDER
        ledgers.mkdir(exist_ok=True)
        folder = ledgers / f"{stamp}-{name}"
        folder.mkdir()
        _forget_old(ledgers)
    except OSError as error:
        raise CannotTell(
            "The folder for the ledger cannot be made, so nothing may be sent",
            where=str(root / ".twiceshy" / FOLDER),
            seen=error.strerror or "",
            todo="make room, or let twiceshy write there",
        ) from error
    return folder


def _forget_old(ledgers: Path) -> None:
    for old in sorted(path for path in ledgers.iterdir() if path.is_dir())[:-KEPT]:
        with suppress(OSError):
            shutil.rmtree(old)


def describe(folder: Path, about: Mapping[str, Any]) -> None:
    """Keep what is known of the run, whole or not at all."""
    with _anew(folder / ABOUT) as file:
        json.dump(dict(about), file, indent=2)


def described(folder: Path) -> dict[str, Any]:
    """What is known of the run; empty where nothing is kept."""
    try:
        found = json.loads((folder / ABOUT).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def keep_rows(path: Path, rows: Iterable[Row]) -> Generator[Row, None, None]:
    """The rows, which are all in the file once the last was taken."""
    with _anew(path) as file:
        write = csv.writer(file, lineterminator="\n").writerow
        for row in rows:
            write(row)
            yield row


def keep_all(path: Path, rows: Iterable[Row]) -> None:
    """Keep rows that nobody else takes."""
    for _ in keep_rows(path, rows):
        pass


def kept_rows(path: Path) -> Generator[Row, None, None]:
    """Keys and amounts of a file of comma-separated values; UsageError with the line that is bad.

    A first line whose amount is no number is a heading.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            for line, fields in enumerate(csv.reader(file), 1):
                if row := _row(path, line, fields):
                    yield row
    except OSError as error:
        raise UsageError(
            "The recorded rows cannot be read", where=str(path), seen=error.strerror or ""
        ) from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise UsageError(
            "The recorded rows are no comma-separated values", where=str(path), seen=str(error)
        ) from error


def _row(path: Path, line: int, fields: list[str]) -> Row | None:
    if not fields:
        return None
    try:
        amount = int(fields[1]) if len(fields) > 1 and fields[1] != "" else None
    except ValueError:
        amount, fields = None, [] if line == 1 else ["", "", ""]
    if not fields:
        return None
    if len(fields) > 2 or not fields[0]:
        raise UsageError(
            "The recorded rows are not a key and an amount each",
            where=f"{path}:{line}",
            todo="write key,amount; the amount is a whole number, or left out",
        )
    return fields[0], amount


def without(rows: Iterable[Row], before: Counter[Row]) -> Iterator[Row]:
    """The rows that were not there before, each as often as it was."""
    if not before:
        yield from rows
        return
    left = Counter(before)
    for row in rows:
        if left.get(row, 0):
            left[row] -= 1
        else:
            yield row


@contextmanager
def _anew(path: Path) -> Iterator[Any]:
    """A file that takes the place of the one before when it is complete."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with draft.open("w", encoding="utf-8", newline="") as file:
            yield file
        draft.replace(path)
    except OSError as error:
        raise CannotTell(
            "What was recorded cannot be kept", where=str(path), seen=error.strerror or ""
        ) from error
    finally:
        draft.unlink(missing_ok=True)
