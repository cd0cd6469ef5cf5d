from __future__ import annotations

import pytest

from twiceshy.cli import showcase
from twiceshy.errors import UsageError


def test_all_examples_when_none_is_named():
    """Each folder with a configuration is an example."""
    assert "deposits" in showcase.chosen([])
    assert showcase.chosen(["deposits", "deposits"]) == ("deposits",)


def test_an_unknown_example():
    """The nearest is named."""
    with pytest.raises(UsageError, match="no example deposit") as error:
        showcase.chosen(["deposit"])
    assert "Did you mean deposits?" in str(error.value)


def test_packages_that_the_examples_need(monkeypatch):
    """What is missing is named with the command that installs it."""
    monkeypatch.setattr(showcase, "IMPORTS", ("flask", "no_such_package"))
    with pytest.raises(UsageError) as error:
        showcase.chosen([])
    assert error.value.seen == "missing: no_such_package"
    assert 'pip install "twiceshy[examples]"' in error.value.todo


def test_an_installation_without_examples(monkeypatch, tmp_path):
    """It is said plainly."""
    monkeypatch.setattr(showcase, "folder", lambda: tmp_path)
    with pytest.raises(UsageError, match="without its examples"):
        showcase.chosen([])


def test_a_copy_is_played_on():
    """The installation is not written to, and nothing of the copy is left."""
    with showcase.copied("deposits") as copy:
        assert (copy / "twiceshy.toml").is_file()
        assert not copy.is_relative_to(showcase.folder())
        assert not list(copy.rglob("__pycache__"))
    assert not copy.exists()
