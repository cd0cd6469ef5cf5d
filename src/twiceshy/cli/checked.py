"""Checks reports, and writes those anew that can be mended."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from twiceshy.cli.project import all_reports
from twiceshy.config.project import Project

if TYPE_CHECKING:
    from twiceshy.library.telling.remarks import Checked


def checked(project: Project, wanted: Sequence[str], *, fix: bool) -> tuple[list[Checked], int]:
    """The remarks on each report that is meant, and how many files were mended.

    Without names, files that are no reports are passed over.
    """
    from twiceshy.cli.selection import choose
    from twiceshy.library.checking import is_report, subjects
    from twiceshy.reports.lint import lint

    chosen = choose(all_reports(project), wanted, "", Path.cwd())
    found: list[Checked] = []
    fixed = 0
    for subject in subjects(project.root, chosen):
        if not (wanted or is_report(subject)):
            continue
        checked_now = subject
        if fix:
            from twiceshy.library.checking import reread
            from twiceshy.reports.lint import mended

            text = mended(subject.text)
            if text != subject.text and _written(
                project.root, subject.report.path, subject.text, text
            ):
                checked_now = reread(subject, text)
                fixed += 1
        found.append((subject.report.path, lint(checked_now)))
    return found, fixed


def _written(root: Path, path: Path, before: str, text: str) -> bool:
    """Replace the file, unless it is not the text that was read (another encoding, a change).

    Nothing is written through a link that leads out of the project.
    """
    from twiceshy.library.writing import alone_with, leads_out, replace_file

    if leads_out(path, root):
        return False
    mark = b"\xef\xbb\xbf"
    with alone_with(path):
        now = path.read_bytes()
        if now.removeprefix(mark) != before.encode():
            return False
        replace_file(path, (mark if now.startswith(mark) else b"") + text.encode())
    return True


def failed(found: Iterable[Checked], *, strict: bool) -> bool:
    """Whether there is an error; with `strict`, whether there is a warning."""
    from twiceshy.reports.lint import Severity

    grave = {Severity.ERROR, Severity.WARNING} if strict else {Severity.ERROR}
    return any(remark.severity in grave for _, remarks in found for remark in remarks)
