"""Reads a folder that may hold anything. Nothing in it is executed or imported."""

from __future__ import annotations

import os
import re
import stat
from collections import deque
from typing import TYPE_CHECKING

from twiceshy.config.discovery.facts import Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_DEEPEST = 7
_MOST_FILES = 20_000
_LARGEST = 1 << 20
_SKIPPED = frozenset(
    [
        "node_modules",
        "bower_components",
        "venv",
        "env",
        "virtualenv",
        "site-packages",
        "__pycache__",
        "dist",
        "build",
        "out",
        "target",
        "vendor",
        "third_party",
        "htmlcov",
        "coverage",
        "tmp",
        "log",
        "logs",
        "obj",
    ]
)
_TESTS = re.compile(
    r"(?:^|/)(?:tests?|spec|__tests__|testing|docs?|examples?)/|(?:^|/)test_|_test\."
)
# Where values for a rehearsal are real secrets: their names count, their contents stay unread.
_SECRET_FILE = re.compile(
    r"(?:^|/)\.env(?![\w.-]*(?:example|sample|template|dist)$)(?:\.(?:local|prod|production|staging|live).*)?$"
)


class Folder:
    """The files below a folder, nearest first, and their texts. Oddities become `notes`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.notes: list[str] = []
        self._texts: dict[str, str | None] = {}
        self.files: tuple[str, ...] = tuple(self._walk())
        self._known = frozenset(self.files)

    def __contains__(self, file: str) -> bool:
        """Whether there is such a file."""
        return file in self._known

    def named(self, *names: str) -> list[str]:
        """Files with one of these names, wherever they are, nearest first."""
        wanted = set(names)
        return [file for file in self.files if file.rpartition("/")[2] in wanted]

    def matching(self, pattern: str) -> list[str]:
        """Files whose whole path matches a regular expression, nearest first."""
        compiled = re.compile(pattern, re.IGNORECASE | re.DOTALL)
        return [file for file in self.files if compiled.fullmatch(file)]

    def code(self, *endings: str) -> list[str]:
        """Files of source text with one of these endings, without tests and examples."""
        return [file for file in self.files if file.endswith(endings) and not _TESTS.search(file)]

    def text(self, file: str) -> str:
        """The text of a file; empty where there is none that can be read."""
        if file not in self._texts:
            self._texts[file] = self._read(file) if file in self._known else None
        return self._texts[file] or ""

    def lines(self, file: str) -> Iterator[tuple[int, str]]:
        """Numbered lines of a file."""
        return enumerate(self.text(file).splitlines(), start=1)

    def search(
        self, pattern: re.Pattern[str], files: Iterable[str]
    ) -> Iterator[tuple[Place, re.Match[str]]]:
        """Every match in these files, with its place."""
        for file in files:
            text = self.text(file)
            for found in pattern.finditer(text):
                yield Place(file, text.count("\n", 0, found.start()) + 1), found

    def note(self, text: str) -> None:
        """Remember something that the user should know, once."""
        if text not in self.notes:
            self.notes.append(text)

    def _walk(self) -> Iterator[str]:
        """Files in order of depth. Links to folders are not followed, so there is no loop."""
        waiting = deque([("", 0)])
        count = 0
        while waiting:
            inside, depth = waiting.popleft()
            for name, is_folder in self._entries(inside):
                path = f"{inside}/{name}" if inside else name
                if is_folder and depth < _DEEPEST:
                    waiting.append((path, depth + 1))
                elif not is_folder:
                    count += 1
                    if count > _MOST_FILES:
                        self.note(f"only the first {_MOST_FILES} files were looked at")
                        return
                    yield path

    def _entries(self, inside: str) -> list[tuple[str, bool]]:
        """Names in one folder, sorted, and whether each is a folder; of files only regular ones."""
        try:
            with os.scandir(self.root / inside) as found:
                entries = sorted(found, key=lambda entry: entry.name)
        except OSError as error:
            self.note(f"{inside or '.'} was not looked at: {(error.strerror or '').lower()}")
            return []
        kept: list[tuple[str, bool]] = []
        for entry in entries:
            try:
                if entry.is_dir(follow_symlinks=False):
                    if entry.name not in _SKIPPED and not entry.name.startswith("."):
                        kept.append((entry.name, True))
                elif entry.is_file():
                    kept.append((entry.name, False))
            except OSError:
                self.note(f"{entry.name!s} was not looked at")
        return kept

    def _read(self, file: str) -> str | None:
        if _SECRET_FILE.search(file):
            return None
        try:
            with open(self.root / file, "rb", opener=_open_without_waiting) as stream:
                content = stream.read(_LARGEST + 1)
        except OSError as error:
            self.note(f"{file} was not read: {(error.strerror or '').lower()}")
            return None
        if b"\0" in content[:8192]:
            self.note(f"{file} was not read: it is no text")
            return None
        if len(content) > _LARGEST:
            self.note(f"{file} is large: only its first MiB was read")
        return content[:_LARGEST].decode("utf-8-sig", errors="replace").replace("\r\n", "\n")

    def names_in_secret_files(self) -> list[tuple[str, Place]]:
        """Names of variables in `.env` files with real values, which are not looked at."""
        found: list[tuple[str, Place]] = []
        for file in self.files:
            if "/" in file or not _SECRET_FILE.search(file):
                continue
            try:
                content = (self.root / file).read_bytes()[:_LARGEST]
            except OSError:
                continue
            for number, line in enumerate(content.decode(errors="replace").splitlines(), start=1):
                name = re.match(r"\s*(?:export\s+)?([A-Za-z_]\w*)\s*=", line)
                found += [(name[1], Place(file, number))] if name else []
        return found


def _open_without_waiting(path: str, flags: int) -> int:
    """Open a file that may have become a pipe since it was listed; a pipe is no file."""
    descriptor = os.open(path, flags | os.O_NONBLOCK)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(0, "it is no file")
    return descriptor


def parent(file: str) -> str:
    """The folder of a file; empty at the top."""
    return file.rpartition("/")[0]
