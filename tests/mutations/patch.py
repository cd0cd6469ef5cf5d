"""A mutation is a few snippets of source replaced, each of which must stand exactly once."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "deposits"


@dataclass(frozen=True, slots=True)
class Patch:
    """In `file` (relative to the example), `old` becomes `new`."""

    file: str
    old: str
    new: str

    def apply(self, folder: Path) -> None:
        """Change the file below `folder`; AssertionError unless `old` stands in it exactly once."""
        path = folder / self.file
        text = path.read_text(encoding="utf-8")
        assert text.count(self.old) == 1, f"{self.file}: {text.count(self.old)} times: {self.old}"
        path.write_text(text.replace(self.old, self.new), encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Mutation:
    """One change to the service; `says` is what it does, in words."""

    id: str
    says: str
    patches: tuple[Patch, ...]

    def apply(self, folder: Path) -> None:
        """Change the copy of the example in `folder`."""
        for patch in self.patches:
            patch.apply(folder)

    def __str__(self) -> str:
        """The id, as test ids show it."""
        return self.id


def copy_of_example(folder: Path, example: Path = EXAMPLE) -> Path:
    """A copy of the example below `folder`, to be mutated; its root."""
    skipped = shutil.ignore_patterns("__pycache__", ".twiceshy", ".pytest_cache")
    return Path(shutil.copytree(example, folder / example.name, ignore=skipped))
