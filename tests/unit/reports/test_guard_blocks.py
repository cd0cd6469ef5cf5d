from __future__ import annotations

from pathlib import Path

import pytest

from twiceshy.errors import ReportError
from twiceshy.reports.guard_blocks import is_almost_guard, is_guard, read_guard

FILE = Path("report.md")


@pytest.mark.parametrize(
    "info", ["toml guard", "yaml guard", "yml guard", "TOML  Guard", "toml guard linenums"]
)
def test_these_blocks_are_guards(info):
    """Language, then the word; whatever follows is for other programs."""
    assert is_guard(info)
    assert not is_almost_guard(info)


@pytest.mark.parametrize(
    "info",
    [
        "toml gaurd",
        "tml guard",
        "toml guards",
        "toml gard",
        "toml-guard",
        "toml {guard}",
        "{toml} guard",
        "guard",
        "gaurd",
        "guard toml",
        "guard: yaml",
        "json guard",
        "tomlguard",
        "yaml:guard",
        "ymal gaurd",
    ],
)
def test_these_blocks_were_meant_to_be_guards(info):
    """A slip in the info string must not make a guard vanish."""
    assert is_almost_guard(info)
    assert not is_guard(info)


@pytest.mark.parametrize(
    "info", ["", "toml", "yaml", "python", "toml card", "python guard.py", 'toml title="x"', "sql"]
)
def test_these_blocks_are_something_else(info):
    """Code in a report is left alone."""
    assert not is_guard(info)
    assert not is_almost_guard(info)


@pytest.mark.parametrize(
    ("info", "content"),
    [
        ("toml guard", 'kind = "isolation"\n\nexpect.status = 200\n'),
        ("yaml guard", "kind: isolation\n\nexpect: {status: 200}\n"),
    ],
)
def test_a_guard_has_kind_table_and_lines(info, content):
    """Keys stand on lines of the file, counted from the opening fence."""
    guard = read_guard(info, content, FILE, 10, closed=True)
    assert guard.kind == "isolation"
    assert guard.table == {"kind": "isolation", "expect": {"status": 200}}
    assert guard.key_lines == {"kind": 11, "expect": 13, "expect.status": 13}
    assert str(guard.location) == "report.md:10"


@pytest.mark.parametrize(
    ("info", "content", "line", "says", "seen", "todo"),
    [
        ("toml guard", 'kind = "x"\nas = \n', 12, "not valid TOML", "as =", "key = "),
        ("yaml guard", "kind: x\nas: [\n", 13, "not valid YAML", "", "key: "),
        ("yaml guard", "- kind\n", 11, "must be keys", '["kind"]', "kind: "),
        ("toml guard", "", 10, "has no kind", "an empty block", "Add kind"),
        ("yaml guard", "", 10, "has no kind", "an empty block", "Add kind"),
        ("toml guard", 'a = 1\nknd = "x"\n', 12, "has no kind", "only a, knd", "in place of knd"),
        ("toml guard", "kind = 3\n", 11, "name in quotes", "3", "kind = "),
        ("toml guard", 'kind = " "\n', 11, "name in quotes", '" "', "kind = "),
    ],
)
def test_a_malformed_guard_names_line_and_remedy(info, content, line, says, seen, todo):
    """Whatever is wrong with a block is told with the file's line and what to write."""
    with pytest.raises(ReportError) as caught:
        read_guard(info, content, FILE, 10, closed=True)
    problem = caught.value
    assert str(problem.location) == f"report.md:{line}"
    assert says in problem.happened
    assert seen in problem.seen
    assert todo in problem.todo


def test_a_block_that_never_ends_is_named_by_its_first_line():
    """The rest of the report inside of a block would only confuse its parser."""
    with pytest.raises(ReportError, match="never closed"):
        read_guard("toml guard", 'kind = "x"\n', FILE, 10, closed=False)
