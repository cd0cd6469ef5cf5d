from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twiceshy.errors import ReportError
from twiceshy.model.report import ActionItem
from twiceshy.reports import parse as parse_module
from twiceshy.reports.headings import NAMES
from twiceshy.reports.parse import parse_report

FILE = Path("postmortems/deposits.md")

FULL = """\
+++
id = "2020-22"
title = "Depósitos ajenos"
date = 2020-09-22
status = "published"
+++
Antes del primer título.

## Resumen

Texto con **énfasis**.

- un punto

Impacto
-------

Veinte minutos.

## Guardia

1. Una lista:

   ~~~toml guard
   kind = "isolation"
   requests = [
     "GET /goals",
   ]
   ~~~

> ```yaml guard
> kind: command
> run: pytest
> ```

```toml guard
kind = "isolation"
as == "ana"
```

````markdown
```toml guard
this is an example inside of an example
```
````

## Acciones

- [x] corregir la consulta (@daniel)
  - [ ] probarla (due 2020-10-01)
- sin casilla

### Más tarde

* [ ] medir

## Qué salió mal

- [ ] no es una tarea
"""


def report(text):
    """The report of a text."""
    return parse_report(text, FILE)


def test_a_full_report_in_spanish():
    """Front matter, sections, tasks and guards of one report arrive as its records."""
    found = report(FULL)
    assert (found.id, found.title) == ("2020-22", "Depósitos ajenos")
    assert found.date == datetime.date(2020, 9, 22)
    assert [(section.name, section.heading, section.level) for section in found.sections] == [
        ("", "", 0),
        ("summary", "Resumen", 2),
        ("impact", "Impacto", 2),
        ("", "Guardia", 2),
        ("action items", "Acciones", 2),
        ("", "Más tarde", 3),
        ("what went wrong", "Qué salió mal", 2),
    ]
    assert found.sections[1].text == "Texto con **énfasis**.\n\n- un punto"
    assert FULL.split("\n")[found.sections[1].line - 1] == "## Resumen"
    assert found.action_items == (
        ActionItem("corregir la consulta", True, 49, "daniel"),
        ActionItem("probarla", False, 50, None, "2020-10-01"),
        ActionItem("medir", False, 55),
    )


def test_guards_are_found_wherever_markdown_allows_a_block():
    """In lists, in quotes and with either fence; not in an example of an example."""
    found = report(FULL)
    assert [(guard.kind, guard.location.line) for guard in found.guards] == [
        ("isolation", 24),
        ("command", 31),
    ]
    assert found.guards[0].table["requests"] == ["GET /goals"]
    lines = FULL.split("\n")
    for guard in found.guards:
        for key, line in guard.key_lines.items():
            if "." not in key:
                assert lines[line - 1].lstrip("> ").startswith(key)


def test_one_malformed_guard_leaves_the_rest():
    """The fault is a problem of the report, with its line; the others still run."""
    problem = report(FULL).problems[0]
    assert isinstance(problem, ReportError)
    assert str(problem.location) == f"{FILE}:38"
    assert problem.seen == 'as == "ana"'


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("# The day it broke\n\n## Summary\n", "The day it broke"),
        ("## *The* [day](x) `it` broke ##\n", "The day it broke"),
        ('# <b style="x">The day</b> it broke\n', "The day it broke"),
        ("Setext\ntitle\n===\n", "Setext title"),
        ("# Summary\n\ntext\n", "deposits"),
        ("no heading at all", "deposits"),
        ("---\ntitle: From the top\n---\n# Heading\n", "From the top"),
        ("", "deposits"),
    ],
)
def test_the_title_comes_from_the_best_place_there_is(text, title):
    """Front matter, else a first heading that is a title, else the file's name."""
    found = report(text)
    assert (found.title, found.id) == (title, "deposits")
    assert found.problems == ()


def test_windows_line_ends_and_a_byte_order_mark_change_nothing():
    """A report reads the same whatever editor wrote it."""
    assert report("\ufeff" + FULL.replace("\n", "\r\n")).sections == report(FULL).sections
    found = report("\ufeff" + FULL.replace("\n", "\r\n"))
    assert found.guards == report(FULL).guards
    assert found.id == "2020-22"


def test_a_misspelt_info_string_is_a_problem():
    """A guard that nobody runs must not look like one that holds."""
    found = report('text\n\n```toml gaurd\nkind = "isolation"\n```\n')
    assert found.guards == ()
    assert str(found.problems[0].location) == f"{FILE}:3"
    assert "toml gaurd" in found.problems[0].seen


@pytest.mark.parametrize(
    "text",
    [
        '```toml guard\nkind = "x"\n\n## Next\n',
        '````toml guard\nkind = "x"\n```\n',
        '- ```toml guard\n  kind = "x"\n\ntext\n',
        "```toml guard",
    ],
)
def test_a_guard_that_is_never_closed_is_a_problem(text):
    """Without a closing fence, whatever follows would become part of the guard."""
    found = report(text)
    assert found.guards == ()
    assert "never closed" in found.problems[0].happened


def test_a_longer_closing_fence_closes():
    """Markdown allows it, so it counts."""
    assert report('~~~toml guard\nkind = "x"\n~~~~~\n').guards[0].kind == "x"


def test_headings_inside_of_lists_code_and_comments_open_no_section():
    """Only headings of the document itself divide it."""
    text = "# T\n\n- ## in a list\n\n```\n# in code\n```\n\n<!--\n# in a comment\n-->\n"
    assert len(report(text).sections) == 1


def test_a_file_that_is_too_long_is_a_problem(monkeypatch):
    """Logs pasted into a report do not stop the run."""
    monkeypatch.setattr(parse_module, "LONGEST", 100)
    found = report("x" * 101)
    assert "too long" in found.problems[0].happened
    assert found.title == "deposits"


def test_problems_stand_in_the_order_of_their_lines():
    """Front matter first, then each block."""
    found = report("---\nhide: 3\n---\n```guard\n```\n```toml guard\n```\n")
    assert [problem.location.line for problem in found.problems if problem.location] == [2, 4, 6]


PIECES = st.sampled_from(
    [
        "---\n",
        "+++\n",
        "```toml guard\n",
        "```\n",
        "~~~yaml guard\n",
        'kind = "x"\n',
        "kind: x\n",
        "## Action items\n",
        "- [ ] t (@a, due x)\n",
        "  ",
        "> ",
        "\n",
        "a: &a [*a]\n",
        "!!set {a, b}\n",
        "? [a]: b\n",
        "<<: [x]\n",
        "title: [1]\n",
        "date: 2020-22-09\n",
        "\t",
        "\x00",
        "\r",
        "\u2028",
        "===\n",
        "<!--",
        "[x]: y\n",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES | st.text(max_size=5), max_size=25).map("".join))
def test_no_text_makes_it_fail(text):
    """Any text is a report; what is wrong with it is inside, with a line that exists."""
    found = report(text)
    height = text.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1
    for problem in found.problems:
        assert problem.location is not None
        assert 1 <= problem.location.line <= height


WORDS = st.text(alphabet="abcdefgh äñé", min_size=1, max_size=20).map(
    lambda text: " ".join(text.split()) or "x"
)
TASKS = st.builds(
    ActionItem,
    text=WORDS,
    done=st.booleans(),
    line=st.just(0),
    owner=st.none() | st.sampled_from(["ana", "ben"]),
    due=st.none() | st.dates().map(str),
)
GUARDS = st.fixed_dictionaries(
    {"kind": WORDS, "requests": st.lists(WORDS, max_size=3)}, optional={"as": WORDS}
)


@settings(deadline=None)
@given(
    title=WORDS,
    date=st.dates(),
    sections=st.lists(st.tuples(st.sampled_from(NAMES), WORDS), max_size=5),
    tasks=st.lists(TASKS, max_size=4),
    guards=st.lists(GUARDS, max_size=3),
    line_end=st.sampled_from(["\n", "\r\n"]),
)
def test_what_was_rendered_is_read_back(title, date, sections, tasks, guards, line_end):
    """Writing a report and reading it gives the same report."""
    sections = [(name, text) for name, text in sections if name != "action items"]
    text = _render(title, date, sections, tasks, guards).replace("\n", line_end)
    found = report(text)
    assert found.problems == ()
    assert (found.title, found.date) == (title, date)
    assert [(each.name, each.text) for each in found.sections if each.name != "action items"] == (
        sections
    )
    read_tasks = [(task.text, task.done, task.owner, task.due) for task in found.action_items]
    assert read_tasks == [(task.text, task.done, task.owner, task.due) for task in tasks]
    assert [guard.table for guard in found.guards] == guards


def _render(title, date, sections, tasks, guards):
    lines = ["+++", f'title = "{title}"', f"date = {date.isoformat()}", "+++"]
    for name, text in sections:
        lines += [f"## {name.capitalize()}", "", text, ""]
    lines += ["## Action items", ""]
    for task in tasks:
        details = [f"@{task.owner}"] * bool(task.owner) + [f"due {task.due}"] * bool(task.due)
        ending = f" ({', '.join(details)})" if details else ""
        lines.append(f"- [{'x' if task.done else ' '}] {task.text}{ending}")
    for guard in guards:
        lines += ["", "```toml guard", f'kind = "{guard["kind"]}"']
        lines.append(f"requests = {guard['requests']}")
        lines += [f'as = "{guard["as"]}"'] if "as" in guard else []
        lines.append("```")
    return "\n".join([*lines, ""])
