from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twiceshy.site.slugs import slug


def test_a_name_that_can_be_a_files_name_stays_as_it_is():
    """Dates and words with hyphens are the usual ids of reports."""
    assert slug("2026-10-14-checkout") == "2026-10-14-checkout"


@pytest.mark.parametrize("name", ["Depósitos", "予約", "a b", "", "..", "../../etc/passwd", "CON"])
def test_what_a_slug_loses_stands_in_its_hash(name):
    """A name of other letters gets a name of a file, and no other name gets the same."""
    assert re.fullmatch(r"[a-z0-9-]*[0-9a-f]{8}", slug(name))
    assert slug(name) != slug(f"{name} ")


@pytest.mark.parametrize("name", ["index", "con", "nul", "lpt1"])
def test_names_that_a_host_or_a_system_keeps_for_itself_are_avoided(name):
    """`reports/index.html` would be the page of the folder."""
    assert slug(name) != name


@given(st.text())
def test_a_slug_is_never_a_path_and_never_empty(name):
    """Whatever a report calls itself, its file stands in the folder where it belongs."""
    assert re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,80}", slug(name))
