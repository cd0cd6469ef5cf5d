from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from twiceshy.reports.fences import Fence, fences_at_margin, parsed_fences
from twiceshy.reports.parse import parse_report, parse_without_sections

FILE = Path("postmortems/stock.md")
LINES = (
    "", "# Stock", "Words", "- item", "  more", "> quoted", "1. first", "Title", "---", "    code",
    "\tcode", "[a]: /b 'c", "* * *", "```", "```toml guard", "~~~", "~~~yaml guard", "````", "~~~~",
    "``` a`b", "~~~ a`b", " ```", "    ```", "- ```", "> ```", "```  ", "```\t", 'kind = "command"',
    "kind: command", "<!-- open", "-->", "<div>", "  <p>", "a ``` b", "`` ` ``", "\x00",
    "&amp; \\* ``", "```toml gaurd",
)  # fmt: skip


def parsed(lines: list[str]) -> tuple[Fence, ...]:
    """Those that a parser of Markdown finds."""
    tokens = MarkdownIt("commonmark").disable("inline").parse("\n".join(lines))
    return tuple(parsed_fences(tokens, lines))


def test_fences_at_the_margin_are_read_with_their_lines() -> None:
    """Each has its line, what stands behind its opening, and what is in it."""
    lines = ["# A", "", "```toml guard", "a = 1", "```", "", "~~~", "~~", "~~~~ "]

    assert fences_at_margin(lines) == (
        Fence(3, "toml guard", "a = 1\n", closed=True),
        Fence(7, "", "~~\n", closed=True),
    )


@pytest.mark.parametrize(
    "text",
    [
        "- ```\n  a\n  ```",
        "> ```\n> a\n> ```",
        " ```\na\n```",
        "```\nnever closed",
        "<pre>\n```\na\n```",
    ],
)
def test_what_only_markdown_tells_is_left_to_it(text: str) -> None:
    """A fence inside of something, after HTML, or never closed is not judged by its line."""
    assert fences_at_margin(text.split("\n")) is None


@settings(max_examples=400)
@given(st.lists(st.sampled_from(LINES), max_size=14))
def test_fences_at_the_margin_are_those_that_markdown_has(lines: list[str]) -> None:
    """Whatever stands around them, a parser of Markdown finds the same blocks."""
    found = fences_at_margin(lines)

    assert found is None or found == parsed(lines)


@settings(max_examples=200)
@given(st.lists(st.sampled_from(LINES), max_size=14))
def test_a_report_without_sections_has_the_same_guards(lines: list[str]) -> None:
    """Its guards, its problems and its keys are those of the whole report."""
    text = "\n".join(["+++", 'title = "A"', "statsu = 1", "+++", *lines])
    brief, whole = parse_without_sections(text, FILE), parse_report(text, FILE)

    if brief is not None:
        assert (brief.guards, brief.front_matter, brief.title) == (
            whole.guards,
            whole.front_matter,
            whole.title,
        )
        assert [str(one) for one in brief.problems] == [str(one) for one in whole.problems]
