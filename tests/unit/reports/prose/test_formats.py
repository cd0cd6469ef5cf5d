from __future__ import annotations

import pytest

from twiceshy.reports.prose.formats import Format, format_of


@pytest.mark.parametrize(
    ("name", "text", "form"),
    [
        ("a.md", "<html>", Format.MARKDOWN),
        ("a.MDX", "", Format.MDX),
        ("a.htm", "", Format.HTML),
        ("a.rst", "", Format.RESTRUCTURED),
        ("a.txt", "Down.", Format.TEXT),
        ("-", "# Down", Format.MARKDOWN),
        ("-", "\n<!DOCTYPE html><html>", Format.HTML),
        ("a.txt", "<?xml version='1.0'?><html>", Format.HTML),
        ("README", "Down\n====\n\n.. note:: x\n", Format.RESTRUCTURED),
        ("-", "Down\n====\n\nText\n", Format.MARKDOWN),
    ],
)
def test_a_format_is_told_by_name_or_by_look(name, text, form):
    """The name decides, unless it says nothing."""
    assert format_of(text, name) is form
