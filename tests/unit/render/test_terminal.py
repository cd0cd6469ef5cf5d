from __future__ import annotations

import io
from dataclasses import replace

import pytest
from rich.console import Console

from twiceshy.model.events import GuardFinished, ReportBroken, RunFinished, RunStarted, Uncovered
from twiceshy.model.verdict import Value, Verdict
from twiceshy.render.terminal import Terminal
from unit.render import story


def told(events, *, width=80, terminal=False, **options) -> str:
    """What has been written in the end."""
    written = io.StringIO()
    console = Console(file=written, width=width, color_system=None, force_terminal=terminal)
    with Terminal(console, base=story.ROOT, **options) as listener:
        for event in events:
            listener.hear(event)
    return written.getvalue()


def test_a_run_in_80_columns_without_colour(snapshot):
    """Everything that can happen, as a person reads it in the log of a build."""
    assert told(story.events()) == snapshot


def test_everything_when_verbose(snapshot):
    """Verbose lists what was and was not tried, also where all holds."""
    assert told([story.HOLDS, RunFinished(4.0)], verbose=True) == snapshot


def test_html_page_and_path(snapshot):
    """Side by side pages point at what leaked; a path tells how."""
    page = GuardFinished(story.REPORT, story.GUARD, Verdict(Value.RECURS, (story.PAGE,)), 1.0)
    assert told([page, RunFinished(1.0)]) == snapshot


def test_no_line_but_curl_is_wider_than_the_page():
    """Prose is wrapped; a curl line is never, or it could not be copied."""
    curl = f"curl -i '$SERVICE/goals?{'x' * 200}'"
    finding = replace(story.LEAK, curl=curl, title="word " * 60)
    recurs = replace(story.RECURS, verdict=Verdict(Value.RECURS, (finding, story.PAGE)))
    for width in (60, 80, 100, 200):
        lines = told([*story.events()[:-1], recurs, RunFinished(1)], width=width).splitlines()
        wide = {line.strip() for line in lines if len(line) > min(width, 110)}
        assert wide - {line for line in wide if line.startswith("curl ")} == set()
        assert curl in wide


def test_a_bare_finding():
    """A finding that knows nothing but its title is one line, with no empty labels."""
    bare = replace(story.LEAK, **dict.fromkeys(("curl", "actor", "owner", "state", "where"), ""))
    bare = replace(bare, request="", before="", after="", data=(), statement="", exhibits=())
    recurs = GuardFinished(story.REPORT, story.GUARD, Verdict(Value.RECURS, (bare,)), 1.0)
    text = told([recurs, RunFinished(1)])
    for label in ("sent", "while", "differs", "data", "whose", "SQL", "expected"):
        assert f"  {label} " not in text


def test_control_characters_are_shown_not_obeyed():
    """A response cannot colour, clear or retitle the terminal of the person who reads it."""
    evil = "\x1b[2J\x1b]0;owned\x07\u202e\x9b31m"
    finding = replace(
        story.LEAK, title=evil, after=evil, state=evil, statement=evil, curl=evil, owner=evil
    )
    verdict = Verdict(Value.RECURS, (finding,), reasons=(evil,))
    report = replace(story.REPORT, title=evil)
    text = told([GuardFinished(report, story.GUARD, verdict, 1.0), RunFinished(1)])
    assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set(text)
    assert "␛[2J" in text


def test_markup_in_texts_is_text():
    """Square brackets and emoji codes of a response are not read as styles."""
    finding = replace(story.LEAK, title="[red]not red[/red] :smile: [/]")
    recurs = GuardFinished(story.REPORT, story.GUARD, Verdict(Value.RECURS, (finding,)), 1.0)
    assert "[red]not red[/red] :smile: [/]" in told([recurs, RunFinished(1)])


def test_many_findings_are_counted():
    """After a few findings of one guard the others are only counted, unless all are wanted."""
    many = GuardFinished(story.REPORT, story.GUARD, Verdict(Value.RECURS, (story.COUNT,) * 9), 1.0)
    assert "… 4 more findings (--verbose shows all)" in told([many, RunFinished(1)])
    assert "9 of 9" in told([many, RunFinished(1)], verbose=True)
    assert "… 8 more findings" in told([many, RunFinished(1)], brief=True)


def test_an_interrupted_run_tells_what_it_found():
    """Findings made before an interruption are not lost."""

    def interrupted():
        yield story.RECURS
        raise KeyboardInterrupt

    written = io.StringIO()
    console = Console(file=written, width=80, color_system=None)

    def listen():
        with Terminal(console, base=story.ROOT) as listener:
            for event in interrupted():
                listener.hear(event)

    with pytest.raises(KeyboardInterrupt):
        listen()
    assert "ana is shown a goal" in written.getvalue()


def test_findings_are_told_once():
    """An error after the end of a run does not repeat its findings."""
    written = io.StringIO()
    console = Console(file=written, width=80, color_system=None)

    def listen():
        with Terminal(console) as listener:
            listener.hear(story.RECURS)
            listener.hear(RunFinished(1.0))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        listen()
    assert written.getvalue().count("1 of 2") == 1


def test_the_live_picture_is_gone_in_the_end():
    """On a terminal the steps are drawn in place: they leave no lines behind."""
    text = told(story.events(), terminal=True, live=True)
    lines = text.rpartition("\x1b[2K")[2].splitlines()
    assert not [line for line in lines if "starting" in line or "scenarios" in line]
    assert "? unknown  Sign-ups were refused" in text


def test_signs_for_a_terminal_without_unicode():
    """Where the encoding lacks the signs, plain characters stand for them."""
    written = io.TextIOWrapper(io.BytesIO(), encoding="ascii", errors="backslashreplace")
    console = Console(file=written, width=80, color_system=None)
    with Terminal(console, base=story.ROOT) as listener:
        for event in story.events():
            listener.hear(event)
    written.flush()
    text = written.buffer.getvalue().decode("ascii")
    assert "x recurs" in text
    assert "+ holds" in text


def test_nothing_to_tell():
    """A run without guards says so."""
    assert "no guard was rehearsed" in told([RunStarted(1, 0), RunFinished(0.1)])


def test_a_problem_without_a_place():
    """A broken report is told by its path when the problem names no line."""
    from twiceshy.errors import ReportError

    broken = ReportBroken(story.REPORT, ReportError("cannot be read"))
    assert "! broken   postmortems/2020-09-22.md: cannot be read" in told([broken])


def test_requests_that_nothing_covers():
    """They are listed before the sum, with the reason, however long their names are."""
    long = "POST /organisations/{organisation_id}/projects/{project_id}/members"
    found = (("GET /a", "refused with 404"), (long, "its body is image/png"))
    text = told([story.HOLDS, Uncovered(found), RunFinished(1.0)])
    assert "2 requests without any cover" in text
    assert "? GET /a  refused with 404" in text
    assert text.index(long) < text.index("its body is image/png") < text.index("1 hold")
    assert "without any cover" not in told([story.HOLDS, Uncovered(()), RunFinished(1.0)])


def test_many_requests_that_nothing_covers():
    """The first twenty are enough, unless all is asked for."""
    found = tuple((f"GET /{number}", "refused") for number in range(23))
    events = [Uncovered(found), RunFinished(1.0)]
    assert "3 more (--verbose shows all)" in told(events)
    assert "GET /22" not in told(events)
    assert "GET /22" in told(events, verbose=True)
