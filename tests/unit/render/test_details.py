from __future__ import annotations

from dataclasses import replace

from twiceshy.model.verdict import Finding, Value, Verdict
from twiceshy.render.details import as_text
from unit.render import story


def test_plain_text_for_a_test_failure(snapshot):
    """The same picture without a console: no escape sequences, relative paths."""
    assert as_text(story.UNKNOWN, base=story.ROOT) == snapshot


def test_paths_outside_of_the_base_stay_whole(tmp_path):
    """A file elsewhere is named in full."""
    assert f"{story.REPORT.path}:42" in as_text(story.RECURS, base=tmp_path)


def test_output_of_a_command_stands_alone():
    """Where nothing was expected there is nothing to compare: only what came."""
    finding = Finding("command-failed", "`make` failed", "make", after="line 1\n  line 2\n")
    failed = replace(story.UNKNOWN, verdict=Verdict(Value.RECURS, (finding,)))
    lines = as_text(failed).splitlines()
    assert lines[-2:] == ["  got       line 1", "              line 2"]
