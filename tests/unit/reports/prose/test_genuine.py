from __future__ import annotations

from pathlib import Path

import pytest

from twiceshy.reports.prose.genuine import reason_against
from twiceshy.reports.prose.parse import parse_document
from twiceshy.reports.prose.read import read_postmortems

HERE = Path(__file__).parent
REASONS = {
    "decision.md": "tells of nothing",
    "definition.md": "how postmortems are written",
    "essay.md": "how postmortems are written",
    "levels.md": "tells of nothing",
    "log.md": "index",
    "sprint.md": "looks back on a project",
    "vordruck.md": "template",
    "assignment.md": "how postmortems are written",
    "changelog.md": "list of changes",
    "game.md": "looks back on a project",
    "guide.md": "how postmortems are written",
    "index.md": "index",
    "plantilla.md": "template",
    "retro.md": "looks back on a project",
    "runbook.md": "what to do when something fails",
    "template.md": "template",
}


@pytest.mark.parametrize("path", sorted((HERE / "lookalikes").iterdir()), ids=lambda p: p.name)
def test_what_only_looks_like_a_postmortem_is_refused_with_the_reason(path):
    """Each kind of text that lies beside postmortems."""
    for document in parse_document(path.read_text(encoding="utf-8"), path.name):
        assert REASONS[path.name] in reason_against(document)


@pytest.mark.parametrize("path", sorted((HERE / "texts").iterdir()), ids=lambda p: p.name)
def test_a_postmortem_of_any_make_is_accepted(path):
    """Formats, languages and habits."""
    for document in parse_document(path.read_text(encoding="utf-8"), path.name):
        assert reason_against(document) == ""


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "it has no words"),
        ("# Postmortem\n", "it has only 1 words"),
        ("# Summary\n\n# Impact\n\n# Timeline\n\n# Root cause\n\n", "template"),
    ],
)
def test_what_is_not_written_yet_is_refused(text, reason):
    """An empty file, a title, a frame."""
    (document,) = parse_document(text, "a.md")
    assert reason in reason_against(document)


def test_a_report_that_opens_like_a_guide_is_a_report():
    """Students put the wording of their task above their report."""
    guide = (HERE / "lookalikes" / "assignment.md").read_text(encoding="utf-8")
    report = (HERE / "texts" / "student.md").read_text(encoding="utf-8")
    text = f"{guide}\n{report}"
    (found,) = read_postmortems(text, "README.md").postmortems
    assert (found.span.start, found.span.end) == (0, len(text))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            (
                "# Past trouble\n\n| Day | What |\n|---|---|\n"
                "| 2024-02-01 | [Disk full](./2024-02-01-disk.md) |\n"
                "| 2024-03-05 | [Queue stuck](./2024-03-05-queue.md) |\n"
            ),
            "other reports",
        ),
        (
            (
                "# Our reports\n\nName a file `YYYY-MM-DD-name.md` and begin with the\n"
                "[frame](./report-template.md). The last was written on 2024-02-01, resolved.\n"
            ),
            "leads to a template",
        ),
        (
            (
                "# Shop response plan\n\nThe pager fires, the first person acknowledges it within "
                "5 minutes and looks at what was deployed. Users reported errors? Then it was a "
                "release: it is rolled back, the page is restored, the team is notified.\n"
            ),
            "what to do when something fails",
        ),
    ],
)
def test_what_leads_to_reports_or_tells_how_to_act_is_refused(text, reason):
    """Lists of reports, the conventions for them, plans for the next time."""
    (document,) = parse_document(text, "README.md")
    assert reason in reason_against(document)


def test_a_report_that_gives_no_clock_time_is_a_report():
    """Weeks count as figures, in a heading too."""
    text = (
        "# Mail was down for 2 weeks in January\n\n"
        "The provider started to refuse our messages and dropped those that were queued. "
        "Delivery stopped for most people.\n\n"
        "## Steps to resolution\n\nWe moved to another port.\n"
    )
    (document,) = parse_document(text, "mail.md")
    assert reason_against(document) == ""


def test_tags_in_code_are_no_places_to_fill_in():
    """A report about HTML names elements."""
    report = (HERE / "texts" / "student.md").read_text(encoding="utf-8")
    (document,) = parse_document(
        report + "\nThe `<main>`, `<head>` and `<nav>` were empty.\n", "a.md"
    )
    assert reason_against(document) == ""


def test_a_report_whose_times_were_never_filled_in_is_a_report():
    """The same mark in each line of the timeline counts no more than twice."""
    text = (
        "# Exercise\n\n## Summary\n\nWe caused errors in staging and the alert fired.\n\n"
        "## Impact\n\nOnly staging was affected, users noticed nothing.\n\n"
        "## Timeline\n\n- HH:MM load started\n- HH:MM errors began\n- HH:MM the page rang\n"
        "- HH:MM rolled back\n- HH:MM all was restored\n\n"
        "## Root cause\n\nA request that always failed was triggered on purpose.\n"
    )
    (document,) = parse_document(text, "exercise.md")
    assert reason_against(document) == ""
