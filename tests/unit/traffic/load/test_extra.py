"""Packages that not everybody installs."""

from __future__ import annotations

import importlib

import pytest

from twiceshy.errors import CannotTell
from twiceshy.traffic.load.extra import installed


def test_what_is_missing_is_told_with_how_to_get_it():
    """By its name."""
    with pytest.raises(CannotTell) as caught, installed():
        importlib.import_module("no_such_package")
    assert "no_such_package" in caught.value.seen
    assert "twiceshy[load]" in caught.value.todo
