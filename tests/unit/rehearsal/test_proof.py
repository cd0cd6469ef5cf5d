from __future__ import annotations

from pathlib import Path

from twiceshy.config.load import load_project
from twiceshy.model.events import GuardFinished, ReportBroken
from twiceshy.rehearsal.proof import prove
from twiceshy.reports.parse import parse_report

_CONFIGURATION = '[database]\nschema = []\n\n[versions.faulty]\nenv = { X = "1" }\n'
_BROKEN = '# Late\n\n```toml guard\nkind = "comand"\nrun = "true"\n```\n'


def test_a_problem_of_a_guard_is_told_once(tmp_path):
    """Not once for each version that it cannot be rehearsed on."""
    (tmp_path / "twiceshy.toml").write_text(_CONFIGURATION)
    report = parse_report(_BROKEN, Path("late.md"))
    events = list(prove(load_project(tmp_path), [report]))
    problems = [event.problem for event in events if isinstance(event, ReportBroken)]
    assert [problem.seen for problem in problems] == ["comand"]
    assert not any(isinstance(event, GuardFinished) for event in events)
