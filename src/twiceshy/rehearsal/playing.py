"""One guard's scenarios, each on the stage that it names, in the world and at the time it wants."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from twiceshy.errors import CannotTell
from twiceshy.model.scenario import UNDER_REHEARSAL
from twiceshy.rehearsal.back_end import BackEnd
from twiceshy.rehearsal.freshness import Freshness
from twiceshy.traffic.load.extra import installed

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator

    from twiceshy.model.history import Run
    from twiceshy.model.kind import Asked
    from twiceshy.model.scenario import Scenario
    from twiceshy.model.schema import QName
    from twiceshy.model.survey import Survey
    from twiceshy.rehearsal.scene import Scene
    from twiceshy.rehearsal.scenes import Scenes


class Playing:
    """Plays the scenarios of one guard; the record of the last one is left in `run`."""

    run: Run

    def __init__(self, scenes: Scenes, asked: Asked, survey: Survey) -> None:
        self._scenes = scenes
        self._asked = asked
        self._survey = survey
        self._freshness: dict[str, Freshness] = {}
        self._worlds: dict[str, int] = {}
        self._began = {0: time.monotonic()}

    def play(self, scenario: Scenario) -> Iterator[str]:
        """Bring its stage up where it is not, renew it for another world, and play, telling steps.

        CannotTell when the stage does not come up, or something breaks on it.
        """
        on = scenario.on
        scene = yield from self._scenes.on(on, self._asked.baseline)
        anew = scenario.world > self._worlds.get(on, 0)
        self._worlds[on] = max(scenario.world, self._worlds.get(on, 0))
        if scenario.strain is not None:
            self.run = yield from _strained(scene, scenario, anew=anew)
            return
        if anew or scene.spent:
            yield "asking again on a fresh clone"
            yield from scene.renew()
        began = self._began.setdefault(scenario.world, time.monotonic())
        # Time passing is part of what is tried: tokens and clocks tick.
        time.sleep(max(0.0, began + scenario.not_before - time.monotonic()))
        if on not in self._freshness:
            self._freshness[on] = self._freshness_of(on, scene)
            if on != UNDER_REHEARSAL and scene.caches:
                # What an earlier guard asked must not be remembered. The survey sees to that for
                # the version under rehearsal.
                yield from scene.restart()
        yield from self._freshness[on].play(scene, scenario)
        self.run = self._freshness[on].run

    def _freshness_of(self, on: str, scene: Scene | BackEnd) -> Freshness:
        if isinstance(scene, BackEnd):
            # It is started anew each time, so nothing can be remembered.
            return Freshness(self._survey, ())
        counted: Iterable[QName] = self._survey.ownership.owned_tables
        if self._asked.every_table:
            counted = self._survey.catalogue.by_name
        if on == UNDER_REHEARSAL:
            # Where scripts alone are rehearsed, the stage has no catalogue.
            return Freshness(self._survey, counted)
        there = scene.stage.catalogue.by_name
        return Freshness(self._survey, (t for t in counted if t in there), another=True)


def _strained(
    scene: Scene | BackEnd, scenario: Scenario, *, anew: bool
) -> Generator[str, None, Run]:
    """The record of a strain; CannotTell where what sends load is not installed."""
    if isinstance(scene, BackEnd):
        raise CannotTell("Load is not put on another storage back end", where=scenario.on)
    with installed():
        from twiceshy.rehearsal.strain import play_strain  # noqa: PLC0415 - optional parts
    return (yield from play_strain(scene, scenario, anew=anew))
