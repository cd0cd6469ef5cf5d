from __future__ import annotations

import pytest

from twiceshy.cli.listening import listen
from twiceshy.model.verdict import Value
from unit.render import story


class Gathering:
    def __init__(self):
        self.heard = []

    def hear(self, event):
        self.heard.append(event)


def test_everybody_hears_everything():
    """And what the exit code needs is remembered."""
    first, second = Gathering(), Gathering()
    outcome = listen(iter_of(story.events()), [first, second])
    assert first.heard == second.heard == story.events()
    assert outcome.values == [Value.RECURS, Value.HOLDS, Value.UNKNOWN]
    assert outcome.problems


def iter_of(events, closed=None):
    """A run that remembers that it was closed."""
    try:
        yield from events
    finally:
        if closed is not None:
            closed.append(True)


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, ValueError])
def test_the_run_is_closed_whatever_happens(error):
    """A listener that fails, or an interruption, takes the stage down."""
    closed = []

    class Failing:
        def hear(self, event):
            raise error

    with pytest.raises(error):
        listen(iter_of(story.events(), closed), [Failing()])
    assert closed == [True]
