"""What differs by itself, from all answers that were given while nothing was varied."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from twiceshy.guards.contract.comparing import noise_of
from twiceshy.guards.contract.controls import is_state
from twiceshy.guards.contract.measuring import by_key, shapes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from twiceshy.guards.contract.comparing import Change
    from twiceshy.model.history import History, Run


class Restless:
    """Places that may be no measure, by who was asked and what.

    A place that takes one of a few forms each time may take the same one twice. So it counts
    wherever the same was asked: in every topic, in every world. Of what is under rehearsal only
    runs in which nothing was missing count.
    """

    def __init__(self, history: History) -> None:
        self._history = history
        self._found: dict[str, Mapping[str, Sequence[Change]]] = {}

    def of(self, on: str, key: str) -> Sequence[Change]:
        """The noise in the answers of that version, or storage, to that question."""
        if on not in self._found:
            self._found[on] = self._noise(on)
        return self._found[on].get(key, ())

    def _noise(self, on: str) -> Mapping[str, Sequence[Change]]:
        groups: dict[tuple[str, str, int], list[Run]] = defaultdict(list)
        for run in self._history:
            asked = run.scenario
            if asked.on == on and asked.role != "probe" and not run.problem and not is_state(run):
                groups[asked.topic, asked.role, asked.world].append(run)
        found: dict[str, list[Change]] = defaultdict(list)
        for (_, role, _), runs in groups.items():
            for key, pairs in by_key(runs, role).items():
                found[key] += noise_of(shapes(pairs) or ())
        return found
