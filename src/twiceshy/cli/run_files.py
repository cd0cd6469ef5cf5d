"""Files that `twiceshy run` writes beside what it prints: for builds, pull requests, browsers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from twiceshy.errors import UsageError


@dataclass(frozen=True, slots=True)
class RunFiles:
    """Where the outcome is written to, in each form that is wanted."""

    junit: Path | None = None
    markdown: Path | None = None
    html: Path | None = None
    allow_unknown: bool = False

    @property
    def wanted(self) -> tuple[tuple[str, Path], ...]:
        """Option and file of each."""
        named = (("--junit", self.junit), ("--markdown", self.markdown), ("--html", self.html))
        return tuple((option, path) for option, path in named if path is not None)

    def check(self) -> None:
        """Told before the run, which takes a while. Raises UsageError."""
        paths = [path.resolve() for _, path in self.wanted]
        for option, path in self.wanted:
            if not path.resolve().parent.is_dir():
                raise UsageError(
                    f"There is no folder for the file of {option}",
                    where=str(path),
                    todo="Make the folder, or name another file.",
                )
            if path.exists() and not path.is_file():
                raise UsageError(f"{option} wants a file", where=str(path))
            if paths.count(path.resolve()) > 1:
                raise UsageError("Two outputs cannot be one file", where=str(path))

    def write(self, document: Mapping[str, Any]) -> None:
        """Write each of them whole. Raises UsageError where that is not possible."""
        from twiceshy.library.writing import put_file

        for path, text in self._made(document):
            put_file(path, text.encode("utf-8", "replace"))

    def _made(self, document: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
        from twiceshy.render.junit import junit
        from twiceshy.render.run_markdown import run_markdown
        from twiceshy.render.run_page import run_page

        if self.junit:
            yield self.junit, junit(document, allow_unknown=self.allow_unknown)
        if self.markdown:
            yield self.markdown, run_markdown(document)
        if self.html:
            yield self.html, run_page(document)


NO_FILES = RunFiles()
