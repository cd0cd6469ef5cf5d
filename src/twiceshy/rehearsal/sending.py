"""Steps made into requests: one after the other, all in the same moment, or so many a second."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TYPE_CHECKING, TypeVar

from twiceshy.model.history import Reply
from twiceshy.model.scenario import Kept, PlantKey
from twiceshy.traffic.json_path import value_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from twiceshy.model.history import NoReply, PlantedRow
    from twiceshy.model.scenario import Request, Step

Answer = TypeVar("Answer")


def filled(
    step: Step, planted: Iterable[PlantedRow], kept: Mapping[str, str] | None = None
) -> Request | None:
    """The step's request; None when a row or an answer whose value it needs is not there."""
    rows = {row.plant: row for row in planted}
    values: dict[str, str] = {}
    for name, key in step.slots:
        if isinstance(key, PlantKey):
            row = rows.get(key.plant)
            value = row.values.get(key.column) if row else None
        elif isinstance(key, Kept):
            value = (kept or {}).get(key.name)
        else:
            value = key
        if value is None:
            return None
        values[name] = value
    return step.template.fill(values)


class Filling:
    """What fills the steps of one scenario: rows planted, and answers so far.

    `refused` names the steps that were not sent because no answer held what they need.
    """

    def __init__(self, planted: Iterable[PlantedRow] = ()) -> None:
        self._planted = tuple(planted)
        self._kept: dict[str, str] = {}
        self.refused: list[tuple[str, str]] = []

    def request(self, step: Step) -> Request | None:
        """The step's request, or None; see `filled`."""
        request = filled(step, self._planted, self._kept)
        lacks = [
            key.name
            for _, key in step.slots
            if isinstance(key, Kept) and key.name not in self._kept
        ]
        if lacks:
            reason = f"no earlier answer gave a value for {{{lacks[0]}}}"
            self.refused.append((str(step.template), reason))
        return request

    def keep(self, step: Step, answer: Reply | NoReply) -> None:
        """Keep what later steps want of an answer; what it does not hold is kept no longer."""
        for name, path in step.keeps:
            self._kept.pop(name, None)
            value = value_at(answer.body, path) if isinstance(answer, Reply) else None
            if isinstance(value, str | int | float) and not isinstance(value, bool) and value != "":
                self._kept[name] = str(value)


def at_once(
    asked: Sequence[tuple[Step, Request]],
    send: Callable[[Step, Request], Answer],
    rate: float = 0.0,
    meanwhile: Callable[[Callable[[], int]], object] | None = None,
) -> list[tuple[Answer, float]]:
    """What `send` says of each request, and how many seconds after the first one it was sent.

    All are sent together, or so many a second, whether or not earlier ones have been answered;
    each from a thread of its own. `meanwhile` is called once, with what tells how many have no
    answer yet.
    """
    ready = Barrier(len(asked))
    began: list[float] = []

    def sent(number: int, pair: tuple[Step, Request]) -> tuple[Answer, float]:
        if ready.wait() == 0:
            began.append(time.monotonic())
        ready.wait()
        if rate:
            time.sleep(max(0.0, began[0] + number / rate - time.monotonic()))
        moment = time.monotonic() - began[0]
        return send(*pair), moment

    with ThreadPoolExecutor(len(asked)) as threads:
        answers = [threads.submit(sent, *numbered) for numbered in enumerate(asked)]
        if meanwhile is not None:
            meanwhile(lambda: sum(not answer.done() for answer in answers))
        return [answer.result() for answer in answers]
