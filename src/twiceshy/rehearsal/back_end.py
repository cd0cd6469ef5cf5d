"""Scenarios played by the service on another storage back end, from empty storage each time."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from twiceshy.errors import LoginFailed, TwiceshyError
from twiceshy.model.history import Observation, Run
from twiceshy.rehearsal.client import Client
from twiceshy.rehearsal.readiness import probe
from twiceshy.rehearsal.sending import Filling
from twiceshy.stage.back_end import BackEndStage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twiceshy.config.project import Project
    from twiceshy.model.scenario import Scenario, Step
    from twiceshy.rehearsal.scene import Scene

_LINES = 3


class BackEnd:
    """Plays scenarios on one storage back end, beside the scene `main`, which must be up.

    Nothing is planted and nothing is known of statements or changes there. A back end that does
    not come up makes the `problem` of its runs, and is not tried again.
    """

    run: Run
    caches = False
    spent = False

    def __init__(self, project: Project, version: str, storage: str, main: Scene) -> None:
        self._name = storage
        self._began = main.began
        self.stage = BackEndStage(project, version, storage, probe=probe, beside=main.stage)
        self.client = Client(project, lambda: self.stage.port)
        self._is_up = False
        self._problem = ""

    def close(self) -> None:
        """Stop everything."""
        self.stage.close()

    def renew(self) -> Iterator[str]:
        """Nothing is to be done: every scenario is played in a world of its own."""
        yield from ()

    def restart(self) -> Iterator[str]:
        """Nothing is to be done: every scenario is played by a service of its own."""
        yield from ()

    def play(self, scenario: Scenario) -> Iterator[str]:
        """Play one scenario, tell what takes long, and leave the record in `run`."""
        at = time.monotonic() - self._began
        if not self._problem:
            yield from self._start()
        if self._problem:
            self.run = Run(scenario, at=at, problem=self._problem)
            return
        filling = Filling()
        shut_out = self._log_in(scenario)
        seen: list[Observation] = []
        for step in scenario.steps:
            reason = shut_out.get(step.actor or "")
            if reason:
                told = (f"{step.template} on storage {self._name}", reason)
                filling.refused += [told] if told not in filling.refused else []
                continue
            seen += self._perform(step, filling)
        self.run = Run(scenario, (), tuple(seen), at, refused=tuple(filling.refused))
        self.stage.rest()

    def _start(self) -> Iterator[str]:
        try:
            if not self._is_up:
                for says in self.stage.rise():
                    yield f"storage {self._name}: {says}"
                self._is_up = True
            for says in self.stage.renew():
                yield f"storage {self._name}: {says}"
        except TwiceshyError as error:
            self._problem = f"the storage {self._name} could not be tried: {_in_a_line(error)}"

    def _log_in(self, scenario: Scenario) -> dict[str, str]:
        """Log in whom the steps need; why those who cannot could not, by name."""
        shut_out: dict[str, str] = {}
        for name in dict.fromkeys(step.actor for step in scenario.steps if step.actor):
            try:
                self.client.log_in(name)
            except LoginFailed as error:
                shut_out[name] = _in_a_line(error)
        self.stage.keeper.refusals()
        return shut_out

    def _perform(self, step: Step, filling: Filling) -> Iterator[Observation]:
        request = filling.request(step)
        if request is None:
            return
        answer, seconds = self.client.send(step, request)
        filling.keep(step, answer)
        refusals = tuple(self.stage.keeper.refusals())
        yield Observation(step, request, answer, refusals=refusals, seconds=seconds)


def _in_a_line(error: TwiceshyError) -> str:
    """What happened, where, and the end of what was seen."""
    lines = [line.strip() for line in error.seen.splitlines() if line.strip()]
    parts = [error.happened.rstrip("."), *([error.where] if error.where else [])]
    return "; ".join([*parts, *lines[-_LINES:]])
