from __future__ import annotations

from pathlib import Path

import pytest

from twiceshy.config.project import Project, Version
from twiceshy.config.versions import check_version
from twiceshy.errors import UsageError

PROJECT = Project(
    root=Path("/p"), file=Path("/p/twiceshy.toml"), versions={"faulty": Version(git="4f2c1e9")}
)


@pytest.mark.parametrize("name", ["", "faulty"])
def test_known_versions(name):
    """Those of the configuration, and the working tree."""
    check_version(PROJECT, name)


def test_an_unknown_version():
    """It is not rehearsed as something else; the nearest is named."""
    with pytest.raises(UsageError) as error:
        check_version(PROJECT, "fautly")
    assert "Did you mean faulty?" in str(error.value)


def test_a_version_like_no_other():
    """Then the way to have one is told."""
    with pytest.raises(UsageError) as error:
        check_version(PROJECT, "v1")
    assert "[versions.v1]" in str(error.value)
