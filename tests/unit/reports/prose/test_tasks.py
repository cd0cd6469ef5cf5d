from __future__ import annotations

from pathlib import Path

import pytest

from twiceshy.reports.prose.parse import parse_document
from twiceshy.reports.prose.task_details import without_details
from twiceshy.reports.prose.tasks import tasks_of

HEAD = """# Postmortem: Shop outage

## Issue Summary
The shop was down from 10:00 to 11:00 UTC on May 3 2024. Users could not pay.

## Root cause
The disk was full.

"""


def tasks(text):
    """The tasks of a text that holds one report."""
    (document,) = parse_document(text, "report.md")
    return tasks_of(document)


def ways():
    """Each way to write tasks: its name, the text, and the tasks as they should be read."""
    text = Path(__file__).with_name("tasks.txt").read_text(encoding="utf-8")
    for part in text.removeprefix("=== ").split("\n=== "):
        name, rest = part.split("\n", 1)
        written, wanted = rest.split("\n--- tasks", 1)
        yield pytest.param(written, wanted.split("\n")[1:], id=name)


@pytest.mark.parametrize(("written", "wanted"), list(ways()))
def test_tasks_are_found_however_people_write_them(written, wanted):
    """Lists, tables, headings, labels and sentences, in several languages."""
    found = [
        f"{task.text} | {task.owner or ''} | {task.due or ''} | {'done' if task.done else 'open'}"
        for task in tasks(HEAD + written + "\n")
    ]
    assert found == [line for line in wanted if line]


def test_each_task_has_its_place_in_the_original():
    """The span holds the words of the task, with the markup between them."""
    text = HEAD + "## Action items\n- [ ] **Add alerts** for `disk` usage (@ana)\n- [x] Rotate\n"
    (document,) = parse_document(text, "report.md")
    first, second = tasks_of(document)
    assert text[first.span.start : first.span.end].startswith("Add alerts** for `disk`")
    assert text[second.span.start : second.span.end] == "Rotate"


def test_priority_comes_from_a_column_or_the_text():
    """As it is written, not put on a scale of ours."""
    table = "| Task | Priority | Owner |\n|---|---|---|\n| Add alerts | High | ana |\n"
    assert tasks(f"{HEAD}## Action items\n\n{table}")[0].priority == "High"
    assert tasks(f"{HEAD}## Action items\n- [P2] Add alerts\n")[0].priority == "P2"


def test_a_table_with_tasks_counts_wherever_it_stands():
    """A column for the task and one for its owner say what it is, under any heading."""
    table = "| Action | Owner |\n|---|---|\n| Add alerts | ana |\n| Rotate logs | ben |\n"
    found = tasks(f"{HEAD}## What comes then\n\n{table}")
    assert [(task.text, task.owner) for task in found] == [
        ("Add alerts", "ana"),
        ("Rotate logs", "ben"),
    ]


def test_a_timeline_in_a_table_is_no_table_of_tasks():
    """A date and what was done then is what happened."""
    table = "| Date | Action |\n|---|---|\n| 2024-05-03 | Restarted the server |\n"
    assert tasks(f"{HEAD}## Timeline\n\n{table}") == ()


@pytest.mark.parametrize(
    "text",
    [
        "## Timeline\n- 10:00 We will restart the server\n",
        "## Action items\n\n### Option A\n- Buy a bigger disk\n",
        "## What went well\n- We should praise the team\n",
        "## References\n- [ ] https://example.com/runbook\n",
    ],
)
def test_what_only_looks_like_a_task_is_none(text):
    """What happened, what was weighed, praise and links."""
    assert tasks(HEAD + text) == ()


def test_task_lists_count_where_nothing_else_is_planned():
    """People put boxes under headings of every name."""
    found = tasks(HEAD + "## Later\n- [ ] Add alerts\n- [x] Rotate logs\n")
    assert [(task.text, task.done) for task in found] == [
        ("Add alerts", False),
        ("Rotate logs", True),
    ]


def test_a_promise_counts_where_there_is_no_place_for_tasks():
    """Posts tell in running text what they will do."""
    text = "The API was down on May 3. In the next days we'll be adding alerts. We are sorry.\n"
    assert [task.text for task in tasks(text)] == ["In the next days we'll be adding alerts."]


def test_a_bracket_with_owner_and_due_date_goes_as_a_whole():
    """Half of it is not left behind the text."""
    assert without_details("List the tables (@ana, due 2026-01-02)") == "List the tables"
    assert without_details("List the tables @ana due 2026-01-02.") == "List the tables"
    assert without_details("List the tables (really)") == "List the tables (really)"
