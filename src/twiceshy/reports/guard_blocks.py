"""Guards in a report: fenced code blocks whose info string is `toml guard` or `yaml guard`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from twiceshy.config.problems import shown
from twiceshy.config.toml_text import line_in, parse_toml, toml_lines
from twiceshy.errors import Location, ReportError
from twiceshy.model.report import GuardBlock
from twiceshy.reports.misspelling import meant
from twiceshy.reports.yaml_text import parse_yaml

if TYPE_CHECKING:
    from pathlib import Path

_LANGUAGES = ("toml", "yaml")
_SEPARATORS = re.compile(r"[\s{}\[\],:=_-]+")
# One letter in five may differ: `gaurd`, `gard` and `guarf` are slips, `card` is not.
_LIKENESS = 0.8


def is_guard(info: str) -> bool:
    """Whether a block with this info string is a guard."""
    words = info.lower().split()
    return len(words) > 1 and words[0] in {*_LANGUAGES, "yml"} and words[1] == "guard"


def is_almost_guard(info: str) -> bool:
    """Whether a block with this info string was probably meant to be a guard."""
    words = [word for word in _SEPARATORS.split(info.lower()) if word]
    if not words or is_guard(info):
        return False
    first, second = words[0], words[1] if len(words) > 1 else ""
    if second == "guard":
        return True
    if _is_language(first):
        return _is_guard_word(second)
    if _is_guard_word(first):
        return not second or _is_language(second)
    return meant(first, [f"{language}guard" for language in _LANGUAGES]) is not None or first in {
        f"{language}guard" for language in _LANGUAGES
    }


def _is_language(word: str) -> bool:
    return word in {*_LANGUAGES, "yml"} or meant(word, _LANGUAGES) is not None


def _is_guard_word(word: str) -> bool:
    return word == "guard" or meant(word, ["guard"], _LIKENESS) is not None


def almost_guard(info: str, location: Location) -> ReportError:
    """Says that a block is probably a guard, and is none as it is written."""
    return ReportError(
        "This block looks like a guard, but it is none: nothing would run it",
        location=location,
        seen=f"info string {info[:80]}",
        todo="Write `toml guard` or `yaml guard` behind the opening fence.",
    )


def read_guard(info: str, content: str, path: Path, line: int, *, closed: bool) -> GuardBlock:
    """The guard of a block whose opening fence stands on `line` of `path`.

    Raises ReportError, with the line, when it is malformed.
    """
    location = Location(path, line)
    if not closed:
        raise ReportError(
            "The guard's block is never closed",
            location=location,
            seen="no closing fence as long as the opening one",
            todo="Put a line with the closing fence after its last key.",
        )
    table, lines = _parse(info, content, path, line + 1)
    kind = table.get("kind")
    if isinstance(kind, str) and kind.strip():
        return GuardBlock(kind, table, location, lines)
    if kind is None:
        close = next((key for key in table if meant(key, ["kind"])), None)
        raise ReportError(
            "The guard has no kind",
            location=Location(path, line_in(lines, close) if close else line),
            key="kind",
            seen="only " + ", ".join(table) if table else "an empty block",
            todo=f"Write kind in place of {close}." if close else 'Add kind = "...".',
        )
    raise ReportError(
        "A guard's kind must be a name in quotes",
        location=Location(path, line_in(lines, "kind")),
        key="kind",
        seen=shown(kind),
        todo='Write kind = "..." with the name of a kind of guard.',
    )


def _parse(
    info: str, content: str, path: Path, first_line: int
) -> tuple[dict[str, Any], dict[str, int]]:
    """The block's table, and the file's line of each key."""
    if info.lower().startswith("toml"):
        table = parse_toml(content, path, first_line=first_line, error=ReportError)
        return table, toml_lines(content, first_line)
    value, lines = parse_yaml(content, path, first_line=first_line)
    if value is not None and not isinstance(value, dict):
        raise ReportError(
            "A guard must be keys with values",
            location=Location(path, first_line),
            seen=shown(value),
            todo="Write `kind: ...` and so on, one key on a line.",
        )
    return value or {}, lines
