"""The service's own requests beside a script: sent all the while, and what became of them."""

from __future__ import annotations

import threading
import time
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

from twiceshy.model.history import NoReply
from twiceshy.model.scripts import Blocker, Wait

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from types import TracebackType

    from twiceshy.model.history import Reply
    from twiceshy.model.scenario import Request, Step
    from twiceshy.model.scripts import ScriptRun
    from twiceshy.stage.scripts.service import Sighting

    Send = Callable[[Step, Request], tuple[Reply | NoReply, float]]

# Seconds between the answer to a request and the next one like it.
_PAUSE = 0.02
_FAILED = 500


@dataclass(frozen=True, slots=True)
class Sent:
    """One request that was sent; `began` is a moment of the monotonic clock."""

    request: str
    began: float
    seconds: float
    error: str = ""


class Requests:
    """Sends each request again and again from a thread of its own, while it is entered."""

    def __init__(self, asked: Sequence[tuple[Step, Request]], send: Send) -> None:
        self.sent: list[Sent] = []
        self._send = send
        self._over = threading.Event()
        self._threads = [
            threading.Thread(target=self._work, args=pair, name=str(pair[1])) for pair in asked
        ]

    def __enter__(self) -> Self:
        """Begin."""
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let what is on its way arrive, and send nothing more."""
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _work(self, step: Step, request: Request) -> None:
        while not self._over.is_set():
            began = time.monotonic()
            answer, seconds = self._send(step, request)
            self.sent.append(Sent(str(request), began, seconds, _error(answer)))
            self._over.wait(_PAUSE)


def with_requests(
    run: ScriptRun, sent: Iterable[Sent], seen: Sequence[Sighting], began: float
) -> ScriptRun:
    """The record with each request that was on its way while the service waited for the script."""
    waits: list[Wait] = []
    slowest = 0.0
    count = 0
    for one in sent:
        count += 1
        starts = one.began - began
        behind = [s for s in seen if starts <= s.at <= starts + one.seconds]
        if not behind:
            slowest = max(slowest, one.seconds * 1000) if not one.error else slowest
            continue
        found, _ = Counter(
            (s.queued, s.statement, s.relation, s.mode, s.row) for s in behind
        ).most_common(1)[0]
        queued, statement, relation, mode, row = found
        who = Blocker("the queue" if queued else "the script", statement, relation, mode)
        waits.append(
            Wait(
                one.request,
                "service request",
                relation,
                who,
                starts,
                one.seconds * 1000,
                row,
                one.error,
            )
        )
    # A request is not held up by what merely happened meanwhile to another one.
    held_up = [w for w in waits if w.error or w.milliseconds > 2 * slowest]
    return replace(run, waits=tuple(held_up), queries=count, slowest=slowest)


def _error(answer: Reply | NoReply) -> str:
    if isinstance(answer, NoReply):
        return answer.says
    return f"status {answer.status}" if answer.status >= _FAILED else ""
