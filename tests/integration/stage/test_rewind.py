"""Rewind: either everything is as it was, to the bit, or it says that it cannot and why."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest
from hypothesis import event, given, settings

from integration.stage import designs, zoo
from twiceshy.model.schema import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from integration.stage.worlds import Playground, Worlds


class Enclosure:
    """A world that serves one example after the other, until one does not lead back."""

    def __init__(self, worlds: Worlds) -> None:
        self._worlds = worlds
        self._held = ExitStack()
        self._before: dict[str, list[str]] = {}

    def renew(self) -> None:
        """Make a fresh world."""
        self._held.close()
        self.playground: Playground = self._held.enter_context(self._worlds.world(zoo.SCHEMA))
        self._before = self.playground.contents()

    def close(self) -> None:
        """Drop the last world."""
        self._held.close()

    def check(self, acts: Sequence[tuple[int, zoo.Act]]) -> None:
        """Let the service work, rewind, and compare."""
        if not self._before:
            self.renew()
        playground, before, self._before = self.playground, self._before, {}
        with ExitStack() as services:
            conns = [services.enter_context(playground.service()) for _ in range(2)]
            zoo.play(acts, conns)
        event("rewound" if (rewound := playground.world.rewind()) else playground.world.why_not)
        if rewound:
            assert playground.contents() == before
            self._before = before
        else:
            assert playground.world.why_not


@pytest.fixture(scope="module")
def enclosure(worlds: Worlds) -> Iterator[Enclosure]:
    """On the embedded server."""
    made = Enclosure(worlds)
    yield made
    made.close()


@pytest.fixture(scope="module")
def enclosure_everywhere(worlds_everywhere: Worlds) -> Iterator[Enclosure]:
    """On each server of this machine in turn."""
    made = Enclosure(worlds_everywhere)
    yield made
    made.close()


@given(acts=zoo.acts(18))
@settings(max_examples=40)
def test_random_work_is_taken_back_to_the_bit(enclosure, acts):
    """Whatever a service did to rows and sequences, all is as before or rewind says no."""
    enclosure.check(acts)


def _check_design(playground: Playground, design: designs.Design) -> None:
    with playground.service() as service:
        design.make(service)
        playground.world.take_changes()
        playground.world.learn()
        playground.world.snapshot()
        before = playground.contents()
        design.work(service)
        rewound = playground.world.rewind()
        after = playground.contents()
        service.execute(f"DROP SCHEMA {quoted(design.schema)} CASCADE")
    assert rewound, playground.world.why_not
    assert after == before


@pytest.fixture(scope="module")
def empty(worlds):
    """A world without tables."""
    with worlds.world("") as playground:
        yield playground


@given(design=designs.designs())
@settings(max_examples=40)
def test_tables_of_any_names_and_types_are_taken_back(empty, design):
    """Names with quotes, brackets and dots, any type, with a key or without."""
    _check_design(empty, design)


@pytest.fixture(scope="module")
def empty_everywhere(worlds_everywhere):
    """A world without tables, on each server of this machine in turn."""
    with worlds_everywhere.world("") as playground:
        yield playground


@pytest.mark.soak
@given(design=designs.designs())
@settings(max_examples=2000)
def test_tables_of_any_names_and_types_are_taken_back_everywhere(empty_everywhere, design):
    """As above, thousands of times and on each server of this machine."""
    _check_design(empty_everywhere, design)


@pytest.mark.soak
@given(acts=zoo.acts(14))
@settings(max_examples=1500)
def test_random_work_is_taken_back_on_every_server(enclosure_everywhere, acts):
    """As above, thousands of times and on each server of this machine."""
    enclosure_everywhere.check(acts)
