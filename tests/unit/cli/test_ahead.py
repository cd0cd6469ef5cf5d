from __future__ import annotations

import threading
from contextlib import contextmanager

import pytest

from twiceshy.cli.ahead import Ahead
from twiceshy.model.events import RunFinished, StageProgress

EVENTS = (StageProgress("one"), StageProgress("two"), RunFinished(3.0))


def test_what_was_played_meanwhile_is_told_in_its_order():
    """Played before anybody asks, and told from its beginning."""
    done = threading.Event()

    @contextmanager
    def play():
        yield iter(EVENTS)
        done.set()

    with Ahead(play) as ahead:
        assert done.wait(30)
        assert tuple(ahead.events()) == EVENTS


def test_what_it_fails_with_is_raised_where_it_is_told():
    """After what happened before."""

    @contextmanager
    def play():
        def events():
            yield EVENTS[0]
            raise OSError("the disk is full")

        yield events()

    with Ahead(play) as ahead:
        told = ahead.events()
        assert next(told) == EVENTS[0]
        with pytest.raises(OSError, match="disk is full"):
            next(told)


def test_left_early_it_takes_down_what_it_has_put_up():
    """After its next event, and before anybody goes on."""
    begun, go_on = threading.Event(), threading.Event()
    down = []

    @contextmanager
    def play():
        def events():
            begun.set()
            assert go_on.wait(30)
            yield EVENTS[0]
            raise AssertionError("nobody wants this any more")

        yield events()
        down.append(True)

    with Ahead(play) as ahead:
        assert begun.wait(30)
        ahead._over.set()
        go_on.set()
    assert down == [True]
