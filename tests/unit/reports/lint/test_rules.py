from __future__ import annotations

import datetime
import re
from pathlib import Path

import pytest

from twiceshy.model.postmortem import Conflict, Postmortem, Span
from twiceshy.reports import new_report, parse_report
from twiceshy.reports.lint import RULES, Severity, Subject, lint
from twiceshy.reports.prose.conflicts import RULES_OF_TIMES
from unit.reports.lint.conftest import GOOD, checked, rules

LASTED = "Orders failed for 40 minutes, from 14:05 to 14:45 UTC on 2026-03-14."
TASK = "Test that no migration locks for more than 1 s"
GUARD = '```toml guard\nkind = "command"\nrun = "true"\n```\n'


def test_a_good_report():
    """Has nothing to remark but that it carries no guard, which is only a note."""
    assert rules(GOOD) == {"no-guard"}


def test_every_contradiction_has_a_rule():
    """What is found in prose is told, with its reason."""
    assert set(RULES_OF_TIMES) <= set(RULES)
    assert all(rule.says and rule.why and rule.todo for rule in RULES.values())


@pytest.mark.parametrize("rule", RULES_OF_TIMES)
def test_contradictions(rule):
    """What is found in prose is told with its line."""
    place = GOOD.index("14:45 UTC Migration")
    one = Postmortem(Span(0, 1), conflicts=(Conflict(rule, "two times", (Span(place, place),)),))
    found = lint(Subject(parse_report(GOOD, Path("a.md")), GOOD, (one,)))
    (remark,) = [remark for remark in found if remark.rule.id == rule]
    assert GOOD.splitlines()[remark.line - 1].startswith("- 2026-03-14 14:45")
    assert remark.seen == "two times"


def test_what_is_missing():
    """Sections that are not there, and those that hold only the hints of a draft."""
    missing = {"missing-root-cause", "missing-impact", "missing-detection", "missing-action-items"}
    assert missing <= rules("# Outage\n")
    draft = new_report("Outage", datetime.date(2026, 3, 14))
    found = {remark.rule.id: remark for remark in checked(draft)}
    assert missing - {"missing-detection"} <= set(found)
    assert all(found[rule].severity is Severity.NOTE for rule in missing & set(found))


@pytest.mark.parametrize(
    ("before", "after", "rule"),
    [
        (LASTED, "The outage lasted 3 hours.", "duration-against-timeline"),
        ("## Impact\n\n300 users saw errors.\n", "", "missing-impact"),
        ("(@ana, due 2026-12-01)", "(due 2026-12-01)", "action-without-owner"),
        ("(@ana, due 2026-12-01)", "(@ana)", "action-without-due"),
        ("due 2026-12-01", "due next week", "action-due-unclear"),
        (TASK, "Be more careful with migrations", "action-unverifiable"),
        (TASK, "Tener más cuidado", "action-unverifiable"),
        (TASK, "マイグレーションに注意する", "action-unverifiable"),
        ('"published"', '"in-review"', ""),
        ('"hana"', "", "in-review-without-reviewers"),
        ('"published"', '"Published"', "status-spelling"),
        ("- [x]", "- [X]", "box-spelling"),
        ("due 2026-12-01", "due 2026/12/01", "due-spelling"),
        ("300 users", "<!-- internal -->300 users", "mark-never-closed"),
        ("300 users", "<!-- internl -->300<!-- /internal --> users", "mark-misspelt"),
        ('"hana"]', '"hana"]\ninternal = ["Acme"]', "hidden-name-not-found"),
        ('"hana"]', '"hana"]\n[lint]\nignore = {"no-gard" = "x"}', "ignored-rule-unknown"),
        ('"hana"]', '"hana"]\n[lint]\nignore = ["no-guard"]', "ignored-without-reason"),
        ("## Impact", f"{GUARD.replace('true', '').replace('run', 'kind')}\n## Impact", "broken"),
    ],
)  # fmt: skip
def test_each_rule(before, after, rule):
    """One thing wrong is told as that."""
    text = GOOD.replace('"published"', '"in-review"') if rule.startswith("in-review") else GOOD
    assert before in text
    found = rules(text.replace(before, after))
    assert found - {"no-guard"} == ({rule} if rule else set()) or rule in found


@pytest.mark.parametrize(
    "sentence",
    [
        "Tom Miller forgot to run the checks.",
        "@tom should have tested it.",
        "Tom was careless.",
        "ben broke the table.",
        "This was the fault of Tom Miller.",
        "Juan Pérez olvidó cerrar la conexión.",
        "Maria esqueceu de testar.",
        "Jean Dupont a oublié le verrou.",
        "Hans hat den Test vergessen.",
        "Paolo ha dimenticato il controllo.",
        "田中さんが設定を忘れた。",
        "Tom\nforgot it.",
    ],
)
def test_blame(sentence):
    """In several languages; owners of tasks are known as people."""
    assert "blame-by-name" in rules(GOOD.replace("300 users saw errors.", sentence))


@pytest.mark.parametrize(
    "sentence",
    [
        "The service failed to start.",
        "Redis ignored the setting.",
        "We forgot to run the checks.",
        "Nobody should have been able to do that.",
        "The script should have checked it.",
        "Hana Sato noticed the error and told the team.",
        "The on-call engineer did not see the alert.",
        "El equipo olvidó la prueba.",
        "Der Dienst hat den Schlüssel vergessen.",
    ],
)
def test_no_blame(sentence):
    """Systems and teams may fail, and people may be named for what they did well."""
    assert "blame-by-name" not in rules(GOOD.replace("300 users saw errors.", sentence))


def test_guards_and_what_is_known_of_them():
    """Without any known run nothing is said; else each guard has to be proved."""
    text = GOOD.replace("## Impact", f"{GUARD}\n## Impact")
    line = text[: text.index("```toml")].count("\n") + 1
    assert rules(text) == set()
    assert rules(text, proved=(), reproduced=()) == {
        "guard-never-proved",
        "claim-never-reproduced",
    }
    assert rules(text, proved=(), reproduced=(line,)) == {"guard-never-proved"}
    assert rules(text, proved=(line,), reproduced=(line,)) == set()


def test_drafts_may_lack_what_is_to_come():
    """It is only a note there."""
    text = GOOD.replace('"published"', '"draft"').replace("(@ana, due 2026-12-01)", "")
    found = {remark.rule.id: remark.severity for remark in checked(text)}
    assert found["action-without-owner"] is Severity.NOTE


def test_lines_are_those_of_the_file():
    """What is seen stands on the line that is told."""
    for text in (GOOD, GOOD.replace("\n", "\r\n")):
        changed = text.replace("(@ana, due 2026-12-01)", "")
        remarks = [one for one in checked(changed) if one.rule.id.startswith("action")]
        lines = re.split(r"\r?\n", changed)
        assert {one.rule.id for one in remarks} == {"action-without-owner", "action-without-due"}
        assert all("no migration locks" in lines[one.line - 1] for one in remarks)


@pytest.mark.parametrize(
    "ignore",
    [
        ('"hana"]', '"hana"]\n[lint]\nignore = {"no-guard" = "a power cut"}'),
        ("## Impact", "<!-- lint-ignore no-guard: a power cut -->\n## Impact"),
        ("## Impact", "<!-- twiceshy-lint-ignore no-guard: a\npower cut -->\n## Impact"),
    ],
)
def test_ignored_with_a_reason(ignore):
    """In the front matter or in a comment."""
    assert rules(GOOD.replace(*ignore)) == set()


def test_a_comment_counts_for_its_line():
    """Or the next one; another such line is told."""
    bad = "- [ ] Test one 1 (due 2026-12-01)\n"
    why = "<!-- lint-ignore action-without-owner: all of us -->\n"
    text = GOOD.replace("- [ ]", f"{bad}\n{why}{bad}- [ ]")
    found = [one for one in checked(text) if one.rule.id == "action-without-owner"]
    assert len(found) == 1


def test_a_reason_is_wanted():
    """Without one the rule stays in force."""
    text = GOOD.replace("## Impact", "<!-- lint-ignore no-guard -->\n## Impact")
    assert rules(text) == {"no-guard", "ignored-without-reason"}
