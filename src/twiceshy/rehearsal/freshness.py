"""The stale-answer rule: a service that answers from a cache would look innocent.

A request that reads fewer of the owned tables than it did on a cold service may have answered from
memory. Then the service and the processes beside it are restarted and the scenario is played again.
Reading more after that gives a cache away: from then on everything is restarted before every
scenario. Reading no more means that this state simply needs fewer tables, unless all tables hold
rows or nothing at all was read: then the judge is told, and says `unknown`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from twiceshy.model.history import NoReply

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from twiceshy.model.history import Observation, Run
    from twiceshy.model.scenario import Scenario
    from twiceshy.model.schema import QName
    from twiceshy.model.survey import Survey
    from twiceshy.rehearsal.back_end import BackEnd
    from twiceshy.rehearsal.scene import Scene

_FAILED = 400
Missing = tuple[int, frozenset["QName"]]


class Freshness:
    """Plays scenarios on one stage and sees to it that answers come from the data.

    What requests read on a cold service is known from the survey. `counted` are the tables of which
    that matters. `another` tells that the stage has another version than the survey was made of,
    which may read other tables by rights.
    """

    run: Run

    def __init__(self, survey: Survey, counted: Iterable[QName], *, another: bool = False) -> None:
        self._counted = frozenset(counted)
        self._another = another
        self._cold = {
            number: facts.reads & self._counted for number, facts in enumerate(survey.requests)
        }
        self._needs_fewer: set[Missing] = set()
        self._caches = False

    def play(self, scene: Scene | BackEnd, scenario: Scenario) -> Iterator[str]:
        """Play a scenario; the record is left in `run`, with stale answers marked."""
        if self._caches:
            yield from scene.restart()
        yield from scene.play(scenario)
        suspects = self._suspects(scene.run)
        if suspects and not self._caches:
            yield from scene.restart()
            yield from scene.play(scenario)
            still = self._suspects(scene.run)
            self._needs_fewer |= still & suspects
            if suspects - still:
                self._caches = scene.caches = True
                yield "an answer came from a cache: the service is restarted each time from here on"
        self.run = replace(scene.run, observations=tuple(self._judged(scene.run)))

    def _missing(self, seen: Observation) -> frozenset[QName]:
        if isinstance(seen.answer, NoReply) or seen.answer.status >= _FAILED:
            return frozenset()
        return self._cold.get(seen.step.number, frozenset()) - seen.reads

    def _suspects(self, run: Run) -> set[Missing]:
        if run.scenario.at_once:
            # What requests of the same moment have read is known of all of them together.
            return set()
        found = {(seen.step.number, self._missing(seen)) for seen in run.observations}
        return {pair for pair in found if pair[1]} - self._needs_fewer

    def _judged(self, run: Run) -> Iterator[Observation]:
        """Observations with `stale` set. What an earlier step read just now is fresh."""
        fresh: frozenset[QName] = frozenset()
        if run.scenario.at_once:
            yield from run.observations
            return
        for seen in run.observations:
            cold = self._cold.get(seen.step.number, frozenset())
            missing = self._missing(seen) - (fresh if self._caches else frozenset())
            needs_all = run.scenario.topic in {"probe:marked", "others:one"}
            stale = bool(missing) and (
                needs_all
                or missing == cold
                or (self._caches and (seen.step.number, missing) not in self._needs_fewer)
            )
            fresh |= seen.reads
            yield replace(seen, stale=stale)
