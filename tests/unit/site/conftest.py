"""The sites of the three audiences, made once of the same reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import shelf_of_reports
from twiceshy.library import Audience, Library
from twiceshy.site.site import Site

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twiceshy.config.project import Project


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project with reports of every kind, two of them rehearsed."""
    made = shelf_of_reports.project(tmp_path_factory.mktemp("shelf"))
    shelf_of_reports.rehearse(made)
    return made


@pytest.fixture(scope="session")
def library(shelf: Project) -> Iterator[Library]:
    """Its library."""
    with Library.open(shelf) as opened:
        yield opened


@pytest.fixture(scope="session")
def sites(shelf: Project, library: Library) -> dict[str, Site]:
    """The site of each audience."""
    return {
        audience.value: Site.of(library, shelf, audience, shelf_of_reports.TODAY)
        for audience in Audience
    }
