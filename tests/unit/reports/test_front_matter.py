from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from twiceshy.reports.front_matter import read_top

FILE = Path("report.md")

TOML = """\
+++
aliases = []
author = "A. Writer"
categories = ["news"]
date = 2020-09-21T20:54:39Z
draft = false
hide = true
title = "Deposits"
url = "/deposits"

+++
"""


def top(text):
    """The front matter of a text."""
    return read_top(text.split("\n"), FILE)


def only(text):
    """The one problem of a front matter."""
    problems = top(text).problems
    assert len(problems) == 1, [str(problem) for problem in problems]
    return problems[0]


def test_toml_with_keys_of_other_programs():
    """Foreign keys are kept in silence, ours are checked, and the height is that of the block."""
    found = top(TOML + "text")
    assert found.problems == ()
    assert found.table["aliases"] == []
    assert found.sound == {"date": datetime.date(2020, 9, 21), "hide": True, "title": "Deposits"}
    assert found.height == 11


@pytest.mark.parametrize("closing", ["---", "...", "---  "])
def test_yaml_is_read_as_well(closing):
    """Both ways to end YAML are known; an empty value is as good as none."""
    found = top(f"---\ntitle: Deposits\ndate: 2026-12-01\nseverity: 2\ntags:\n{closing}\n")
    assert found.problems == ()
    assert found.sound == {
        "title": "Deposits",
        "date": datetime.date(2026, 12, 1),
        "severity": 2,
    }


@pytest.mark.parametrize(
    "text",
    [
        "",
        "text",
        "---\nA rule above.\n\n---\nmore",
        "---\n",
        "---",
        "----\na: 1\n----",
        " ---\na: 1",
    ],
)
def test_a_text_without_front_matter_has_none(text):
    """A rule across the page is not front matter."""
    found = top(text)
    assert (found.table, found.height, found.problems) == ({}, 0, ())


@pytest.mark.parametrize("text", ["---\n---\n", "+++\n+++\n", "---\n# only a comment\n---\n"])
def test_empty_front_matter_is_fine(text):
    """A block without keys is a block all the same."""
    found = top(text)
    assert found.table == {}
    assert found.height == text.count("\n")
    assert found.problems == ()


@pytest.mark.parametrize(
    ("text", "line", "key", "seen", "todo"),
    [
        ('+++\nvisiblity = "public"\n+++', 2, "visiblity", '"public"', "Did you mean visibility?"),
        ("---\na: 1\ntag: x\n---", 3, "tag", '"x"', "Did you mean tags?"),
        ('+++\nstatus = "publishd"\n+++', 2, "status", '"publishd"', 'Did you mean "published"?'),
        ('+++\nhide = "yes"\n+++', 2, "hide", '"yes"', ""),
        (
            '+++\ndate = "yesterday"\n+++',
            2,
            "date",
            '"yesterday"',
            "The day of the incident, such as 2026-12-01.",
        ),
        ("---\ntags: {a: 1}\n---", 2, "tags", '{"a": 1}', ""),
    ],
)
def test_a_wrong_key_or_value_is_one_problem(text, line, key, seen, todo):
    """Misspelt keys and values of the wrong kind are named with line, key and what was meant."""
    problem = only(text)
    assert str(problem.location) == f"report.md:{line}"
    assert (problem.key, problem.seen, problem.todo) == (key, seen, todo)


def test_one_wrong_key_leaves_the_others_in_force():
    """What is sound still counts."""
    found = top('---\nid: "7"\ntitle: T\ndate: 2020-22-09\nstatus: open\n---')
    assert found.sound == {"id": "7", "title": "T"}
    assert [problem.key for problem in found.problems] == ["date", "status"]


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("+++\ntitle = \n+++", 2, "not valid TOML"),
        ("---\ntitle: a: b\n---", 2, "not valid YAML"),
        ("+++\ntitle = 1\ntext", 1, "never closed"),
        ("---\ntitle: T\ntext", 1, "never closed"),
        ("---\n{a: 1}: 1\n---", 2, "not valid YAML"),
    ],
)
def test_malformed_front_matter_is_one_problem(text, line, says):
    """The line of the fault is named, and nothing else is said."""
    problem = only(text)
    assert problem.location is not None
    assert problem.location.line == line
    assert says in problem.happened
