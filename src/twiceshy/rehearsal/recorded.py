"""The file of recorded answers that a guard compares with: where it lies, and what it says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twiceshy.errors import ConfigurationError, Location

if TYPE_CHECKING:
    from pathlib import Path

    from twiceshy.config.project import Project


def recorded_file(project: Project, folder: Path | None, name: str) -> Path:
    """Where recorded answers called `name` lie, or would: beside the report, in `folder`.

    A file that is not there but at that place seen from the project is taken, too.
    """
    from_project = project.root / name
    if folder is None or (from_project.is_file() and not (folder / name).is_file()):
        return from_project
    return folder / name


def recorded_text(project: Project, folder: Path | None, name: str) -> str | None:
    """What was recorded; None when nothing is asked for or nothing was recorded yet.

    Raises ConfigurationError when there is something that cannot be read.
    """
    if not name:
        return None
    path = recorded_file(project, folder, name)
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ConfigurationError(
            "The recorded answers cannot be read",
            location=Location(path),
            seen=(error.strerror or str(error)).lower(),
            todo="see to the rights on the file, or record the answers anew",
        ) from None
