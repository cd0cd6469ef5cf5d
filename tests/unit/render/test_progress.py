from __future__ import annotations

import io

from rich.console import Console

from twiceshy.render.marks import ASCII, UNICODE
from twiceshy.render.progress import Progress
from unit.render import story


def pictures(marks=UNICODE, width=80) -> list[str]:
    """What is seen after each event of a run."""
    progress = Progress(marks, width)
    seen = []
    for event in story.events():
        progress.hear(event)
        console = Console(file=io.StringIO(), width=width, color_system=None)
        console.print(progress)
        seen.append(console.file.getvalue())
    return seen


def test_what_is_going_on():
    """Stage, guard and scenarios, one after the other."""
    seen = pictures()
    assert "starting PostgreSQL 18.1 (embedded)" in seen[2]
    assert "starting the service · faulty" in seen[3]
    assert "rehearsing Depósitos" in seen[4]
    assert "1 of 8 scenarios  ana has no pending deposits, ben h…" in seen[5]
    assert "━━━━ " not in seen[5]
    assert "2 of 12 scenarios" in seen[6]
    assert "scenarios" not in seen[7]


def test_the_guard_is_named_again_after_a_step_of_the_stage():
    """While scenarios are played, the stage's last step is over."""
    progress = Progress(UNICODE, 80)
    for event in (story.STARTED, story.STEP, story.PLAYED):
        progress.hear(event)
    console = Console(file=io.StringIO(), width=80, color_system=None)
    console.print(progress)
    assert "rehearsing" in console.file.getvalue()


def test_it_never_wraps():
    """A picture that is drawn in place must keep to its lines."""
    for picture in pictures(width=40):
        lines = picture.splitlines()
        assert len(lines) <= 2
        assert all(len(line) <= 40 for line in lines)


def test_without_unicode():
    """The bar has plain characters."""
    assert "###---" in pictures(ASCII)[5]
