from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from twiceshy.cli.selection import choose
from twiceshy.errors import UsageError
from unit.render import story

FIRST = replace(story.REPORT, guards=(story.GUARD, story.COMMAND))
SECOND = replace(
    story.SIGNUP,
    path=story.ROOT / "postmortems/payments/signup.md",
    guards=(story.COMMAND,),
    problems=(story.BROKEN.problem,),
)
REPORTS = (FIRST, SECOND)


def chosen(*wanted, text="", here=story.ROOT):
    """The ids that are chosen."""
    return [report.id for report in choose(REPORTS, wanted, text, here)]


def test_all_when_none_is_named():
    """A bare run means everything."""
    assert chosen() == ["2020-09-22", "signup"]


@pytest.mark.parametrize(
    "name",
    [
        "signup",
        "signup.md",
        "postmortems/payments/signup.md",
        "./postmortems/payments/../payments/signup.md",
        "/project/postmortems/payments/signup.md",
        "postmortems/payments",
        "postmortems/payments/",
    ],
)
def test_names_of_one_report(name):
    """By id, by file, by folder."""
    assert chosen(name) == ["signup"]


def test_a_path_is_seen_from_where_one_is():
    """As the shell completes it."""
    assert chosen("signup.md", here=story.ROOT / "postmortems/payments") == ["signup"]
    assert chosen("../2020-09-22.md", here=story.ROOT / "postmortems/payments") == ["2020-09-22"]


def test_a_report_named_twice_runs_once():
    """And in the order in which they were named."""
    assert chosen("signup", "2020-09-22", "signup.md") == ["signup", "2020-09-22"]


def test_an_unknown_name_gets_the_nearest():
    """The error says what there is."""
    with pytest.raises(UsageError) as error:
        choose(REPORTS, ["sign-up"], "", Path("/project"))
    assert "Did you mean signup?" in str(error.value)
    assert "2020-09-22, signup" in str(error.value)


def test_guards_by_kind():
    """Other guards of the report are left out, reports stay."""
    first, second = choose(REPORTS, (), "ISOL", story.ROOT)
    assert [guard.kind for guard in first.guards] == ["isolation"]
    assert second.guards == ()
    assert second.problems == ()


def test_guards_by_title():
    """A text in the title means all of the report, its problems too."""
    first, second = choose(REPORTS, (), "refused", story.ROOT)
    assert first.guards == ()
    assert second == SECOND
