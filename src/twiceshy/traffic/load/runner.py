"""Sends one process's share of a run, on time, and writes down what became of it."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from heapq import heappop, heappush
from random import Random
from typing import TYPE_CHECKING

from twiceshy.model.ledger import Detail, Outcome, Retried, Unsent
from twiceshy.traffic.load.connection import Connection, ReadingConnection
from twiceshy.traffic.load.ledger_format import (
    ATTEMPT,
    DETAIL_CODES,
    INTENT,
    OUTCOME_CODES,
    OUTCOMES,
)
from twiceshy.traffic.load.outcomes import meanings
from twiceshy.traffic.load.pacer import pacer
from twiceshy.traffic.load.progress import Progress
from twiceshy.traffic.load.requests import Keys, Template

if TYPE_CHECKING:
    from array import array
    from collections.abc import Callable

    from twiceshy.model.load import LoadPlan
    from twiceshy.traffic.load.ledger_writer import LedgerWriter

_SECOND = 1_000_000_000
_BATCH = 64
"""Requests that are put together before the first of them goes out: half a millisecond of work."""
_STALE = _SECOND
"""An idle connection older than this is not used again: the service may be just closing it."""
_ACKED = OUTCOME_CODES[Outcome.ACKED]
_ANSWERED = DETAIL_CODES[Detail.ANSWERED]
_TO_CLOSE = DETAIL_CODES[Detail.ANSWERED_TO_CLOSE]
_clock = time.monotonic_ns
_pack = ATTEMPT.pack
_ROUNDS = 100
"""Rounds of the loop within which a connection is closed."""
_SWEEPS = 50
"""How often within the time for one attempt we look whether it is over."""


@dataclass(frozen=True, slots=True)
class Share:
    """What one process sends: arrivals `first`, `first + step`, `first + 2 * step` and so on."""

    moments: array[int]
    amounts: array[int]
    first: int = 0
    step: int = 1


@dataclass(slots=True)
class _Counts:
    sent: int = 0
    retries: int = 0
    unsent: int = 0
    in_flight: int = 0
    cancelled: int = 0
    latest: int = 0
    by_outcome: list[int] = field(default_factory=lambda: [0] * len(OUTCOMES))


class Runner:
    """One run in one event loop. `connect` opens a connection and gives it to its protocol."""

    def __init__(
        self,
        plan: LoadPlan,
        share: Share,
        ledger: LedgerWriter,
        loop: asyncio.AbstractEventLoop,
        connect: Callable[[Connection], asyncio.Future[object]],
    ) -> None:
        self._plan, self._share, self._ledger = plan, share, ledger
        self._loop, self._connect = loop, connect
        self._template, self._keys = Template(plan), Keys(plan.seed)
        self._meanings = {
            status: OUTCOME_CODES[meaning] for status, meaning in meanings(plan.statuses).items()
        }
        self._first, self._step = share.first, share.step
        self._attempts = plan.retry.attempts
        self._random = Random(f"retries {plan.seed} {share.first}")  # noqa: S311 - no secret
        self._waits = plan.at_cap == "wait"
        self._timeout = int(plan.timeout * _SECOND)
        self._counts = _Counts()
        self._next = 0
        self._last = len(share.moments)
        self._zero = 0
        self._idle: list[Connection] = []
        self._open: set[Connection] = set()
        self._retries: list[tuple[int, int, int]] = []  # (moment, index, attempt)
        self._ended: list[bytes] = []
        self._ticking = False
        self._over_at = 0
        self._done: asyncio.Future[None] = loop.create_future()
        self._pacer = pacer(loop, self._pump)

    async def run(self, zero: int, report: Callable[[Progress], None] | None = None) -> Progress:
        """Send everything. `zero` is the moment of `time.monotonic_ns` at which the run begins."""
        self._zero = zero
        self._pacer.arm(zero + self._share.moments[0] if self._last else zero)
        self._sweep(report)
        try:
            await self._done
        finally:
            self._pacer.close()
            self._write_down()
            await self._close()
        self._ledger.finish(len(self._share.moments), self._counts.cancelled)
        return self.progress()

    async def _close(self) -> None:
        """End all connections, and wait until the loop has closed them."""
        ending = list(self._open)
        for connection in ending:
            connection.end()
        for _ in range(_ROUNDS):
            if all(connection.closed for connection in ending):
                break
            await asyncio.sleep(0)

    def stop(self) -> None:
        """Let nothing arrive any more; what is under way, and its retries, may end."""
        self._counts.cancelled += self._last - self._next
        self._last = self._next
        self._tick_soon()

    def break_off(self, error: BaseException) -> None:
        """End the run with this error."""
        if not self._done.done():
            self._done.set_exception(error)

    def progress(self) -> Progress:
        """How far it is."""
        counts = self._counts
        by_outcome = dict(zip(OUTCOMES, counts.by_outcome, strict=True))
        return Progress(
            seconds=(_clock() - self._zero) / _SECOND,
            planned=len(self._share.moments),
            sent=counts.sent,
            unsent=counts.unsent,
            cancelled=counts.cancelled,
            in_flight=counts.in_flight,
            retries=counts.retries,
            acked=by_outcome[Outcome.ACKED],
            rejected=by_outcome[Outcome.REJECTED],
            unknown=by_outcome[Outcome.UNKNOWN],
            not_sent=by_outcome[Outcome.NOT_SENT],
            latest=counts.latest / _SECOND,
        )

    def answered(self, connection: Connection, *, to_close: bool = False) -> None:
        """A whole answer came."""
        outcome, detail = self._meanings[connection.status], _TO_CLOSE if to_close else _ANSWERED
        if outcome == _ACKED and self._plan.accepted is not None:
            outcome, detail = self._judged(connection, detail)
        self._end(connection, outcome, detail, connection.status)
        if connection.lasts and not connection.dead:
            self._idle.append(connection)
        else:
            self._drop(connection)

    def failed(self, connection: Connection, outcome: Outcome, detail: Detail) -> None:
        """An attempt ended without a whole answer."""
        self._end(connection, OUTCOME_CODES[outcome], DETAIL_CODES[detail], 0)
        self._drop(connection)

    def lost(self, connection: Connection) -> None:
        """A connection ended while it was idle."""
        self._drop(connection)

    def _judged(self, connection: Connection, detail: int) -> tuple[int, int]:
        """What the body of an answer of success says; unknown when that cannot be told."""
        accepted = self._plan.accepted
        try:
            good = accepted is None or accepted(connection.status, connection.body)
        except Exception:  # noqa: BLE001 - whatever a user's function raises, the run goes on
            return OUTCOME_CODES[Outcome.UNKNOWN], DETAIL_CODES[Detail.UNREADABLE]
        if good:
            return _ACKED, detail
        return OUTCOME_CODES[Outcome.REJECTED], DETAIL_CODES[Detail.NOT_ACCEPTED]

    def _end(self, connection: Connection, outcome: int, detail: int, status: int) -> None:
        """Keep what became of an attempt, and plan the next one if there is to be one."""
        index, attempt = connection.index, connection.attempt
        connection.busy = False
        connection.ended = now = _clock() - self._zero
        number = self._first + index * self._step
        self._ended.append(_pack(number, attempt, outcome, detail, status, connection.began, now))
        counts = self._counts
        counts.in_flight -= 1
        counts.by_outcome[outcome] += 1
        if attempt < self._attempts:
            self._plan_retry(index, attempt, outcome, status, now)
        if not self._ticking:
            self._tick_soon()

    def _plan_retry(self, index: int, attempt: int, outcome: int, status: int, now: int) -> None:
        retry = self._plan.retry
        if OUTCOMES[outcome] in retry.after or status in retry.statuses:
            longest = min(retry.longest, retry.base * 2 ** (attempt - 1))
            moment = now + int(self._random.random() * longest * _SECOND)
            heappush(self._retries, (moment, index, attempt + 1))

    def _tick_soon(self) -> None:
        self._ticking = True
        self._loop.call_soon(self._tick)

    def _tick(self) -> None:
        """After a round of answers: write them down, and use the connections that became free."""
        self._ticking = False
        self._write_down()
        if self._next < self._last:
            if self._waits or self._retries:
                self._pump()
        elif self._retries:
            self._pump()
        elif not self._counts.in_flight and not self._done.done():
            self._done.set_result(None)

    def _pump(self) -> None:
        """Send what is due, retries first, and set the clock for what comes next."""
        now = _clock() - self._zero
        free = self._pump_retries(now)
        moments, last, index = self._share.moments, self._last, self._next
        batch: list[tuple[Connection, int]] = []
        unsent: list[Unsent] = []
        while index < last and moments[index] <= now and len(batch) < _BATCH > len(unsent):
            connection = self._free(now) if free else None
            if connection is not None:
                batch.append((connection, index))
            elif self._waits:
                free = False
                break
            else:
                number = self._first + index * self._step
                unsent.append(Unsent(number, moments[index]))
            index += 1
        self._next = index
        if unsent:
            self._counts.unsent += len(unsent)
            self._ledger.leave(unsent)
        if batch:
            self._send(batch, now)
        self._arm(free=free)

    def _pump_retries(self, now: int) -> bool:
        """Send the retries that are due; False when there is no connection left for them."""
        share = self._share
        if self._retries:
            self._write_down()  # how the attempt before ended stands before the next
        while self._retries and self._retries[0][0] <= now:
            connection = self._free(now)
            if connection is None:
                return False
            _, index, attempt = heappop(self._retries)
            number = self._first + index * self._step
            self._ledger.retry(Retried(number, attempt, now))
            message = self._template.render(self._keys.of(number), share.amounts[index], number)
            self._counts.retries += 1
            self._counts.in_flight += 1
            connection.begin(index, attempt, _clock() - self._zero, message)
        return True

    def _send(self, batch: list[tuple[Connection, int]], now: int) -> None:
        """First the intents, in one piece; then the requests."""
        moments, amounts = self._share.moments, self._share.amounts
        prefix, render = self._keys.prefix, self._template.render
        first, step, pack = self._first, self._step, INTENT.pack
        intents, messages = [], []
        for _, index in batch:
            number, amount = first + index * step, amounts[index]
            key = b"%b%012x" % (prefix, number)
            intents.append(pack(number, amount, moments[index], len(key)) + key)
            messages.append(render(key, amount, number))
        self._ledger.intend(intents)
        counts = self._counts
        counts.sent += len(batch)
        counts.in_flight += len(batch)
        counts.latest = max(counts.latest, now - moments[batch[0][1]])
        zero = self._zero
        for (connection, index), message in zip(batch, messages, strict=True):
            connection.begin(index, 1, _clock() - zero, message)

    def _free(self, now: int) -> Connection | None:
        """A connection that nobody uses; a new one while there may be more."""
        while self._idle:
            connection = self._idle.pop()
            if now - connection.ended < _STALE and connection.stands:
                return connection
            self._drop(connection)
        if len(self._open) >= self._plan.connections:
            return None
        kind = Connection if self._plan.accepted is None else ReadingConnection
        connection = kind(self)
        connection.opening = self._loop.create_task(connection.open(self._connect))
        self._open.add(connection)
        return connection

    def _drop(self, connection: Connection) -> None:
        self._open.discard(connection)
        connection.end()

    def _arm(self, *, free: bool) -> None:
        """Set the clock for what comes next.

        What waits for a connection needs no clock: the end of an attempt calls us.
        """
        moments = [self._retries[0][0]] if self._retries and free else []
        if self._next < self._last and (free or not self._waits):
            moments.append(self._share.moments[self._next])
        if moments:
            self._pacer.arm(self._zero + min(moments))
        elif free and not self._ticking:
            self._tick_soon()  # everything may be over

    def _write_down(self) -> None:
        if self._ended:
            self._ledger.conclude(self._ended)
            self._ended.clear()

    def _sweep(self, report: Callable[[Progress], None] | None) -> None:
        """Now and then: end what takes too long, and tell how far we are."""
        if self._done.done():
            return
        now = _clock() - self._zero
        if self._next >= self._last and not self._over_at:
            self._over_at = now
        self._expire(now, given_up=0 < self._over_at < now - self._plan.grace * _SECOND)
        if report is not None:
            report(self.progress())
        every = min(max(self._plan.timeout / _SWEEPS, 0.01), 0.25)
        self._loop.call_later(every, self._sweep, report)

    def _expire(self, now: int, *, given_up: bool) -> None:
        """End the attempts whose time is over; all of them when the run waits no longer."""
        for connection in [one for one in self._open if one.busy]:
            if given_up:
                connection.expire(Detail.GIVEN_UP)
            elif now - connection.began > self._timeout:
                connection.expire()
        if given_up:
            self._retries.clear()
            self._tick_soon()
