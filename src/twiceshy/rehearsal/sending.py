"""Steps made into requests, one after the other or all in the same moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TYPE_CHECKING, TypeVar

from twiceshy.model.scenario import Kept, PlantKey

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from twiceshy.model.history import PlantedRow
    from twiceshy.model.scenario import Request, Step

Answer = TypeVar("Answer")


def filled(step: Step, planted: Iterable[PlantedRow]) -> Request | None:
    """The step's request; None when a row whose id it needs is not there."""
    rows = {row.plant: row for row in planted}
    values: dict[str, str] = {}
    for name, key in step.slots:
        if isinstance(key, PlantKey):
            row = rows.get(key.plant)
            value = row.values.get(key.column) if row else None
            if value is None:
                return None
            values[name] = value
        elif isinstance(key, Kept):
            return None
        else:
            values[name] = key
    return step.template.fill(values)


def at_once(
    asked: Sequence[tuple[Step, Request]], send: Callable[[Step, Request], Answer]
) -> list[Answer]:
    """What `send` says of each request; all are sent together, each from a thread of its own."""
    ready = Barrier(len(asked))

    def sent(pair: tuple[Step, Request]) -> Answer:
        ready.wait()
        return send(*pair)

    with ThreadPoolExecutor(len(asked)) as threads:
        return list(threads.map(sent, asked))
