"""Names of versions, as people type them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twiceshy.errors import UsageError, nearest

if TYPE_CHECKING:
    from twiceshy.config.project import Project


def check_version(project: Project, name: str) -> None:
    """Raises UsageError unless `name` is a version of the project, or empty: the working tree.

    A wrong name must not be rehearsed as something else.
    """
    if not name or name in project.versions:
        return
    like = nearest(name, project.versions)
    known = ", ".join(project.versions) or "none"
    raise UsageError(
        f"There is no version {name}",
        seen=f"versions in {project.file.name}: {known}",
        todo=f"Did you mean {like}?" if like else f"Add [versions.{name}] to {project.file.name}.",
    )
