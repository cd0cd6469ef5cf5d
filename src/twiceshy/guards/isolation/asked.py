"""Observations put in order: the same question, asked again and again."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from twiceshy.model.history import Observation, Run

    Pairs = list[tuple[Run, Observation]]


def by_key(runs: Iterable[Run], role: str, actor: str | None) -> dict[str, Pairs]:
    """Observations of one actor in runs of one role, by the question that was asked."""
    found: dict[str, Pairs] = defaultdict(list)
    for run in runs:
        if run.scenario.role == role:
            for observation in run.observations:
                if observation.step.actor == actor:
                    found[observation.step.key].append((run, observation))
    return found
