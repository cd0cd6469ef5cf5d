"""A share of a run in this process, from the plan to the closed ledger."""

from __future__ import annotations

import asyncio
import gc
import resource
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from twiceshy.errors import CannotTell
from twiceshy.traffic.load.ledger_writer import LedgerWriter
from twiceshy.traffic.load.runner import Runner, Share
from twiceshy.traffic.load.schedule import draw, draw_amounts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from twiceshy.model.load import LoadPlan
    from twiceshy.traffic.load.connection import Connection
    from twiceshy.traffic.load.progress import Progress

_FILES_BESIDE = 64
"""Files that a process has open besides its connections."""
_LEAD = 10_000_000
"""Nanoseconds between the last preparation and the beginning."""


def run(
    plan: LoadPlan,
    ledger: Path,
    *,
    report: Callable[[Progress], None] | None = None,
    started: Callable[[Runner, asyncio.AbstractEventLoop], None] | None = None,
) -> Progress:
    """Send the whole plan from this process and keep the ledger at `ledger`, a new file.

    `started` is given the runner and its loop before the first request: a thread that wants to stop
    the run calls `loop.call_soon_threadsafe(runner.stop)`. Raises UsageError for a plan that
    cannot be sent and CannotTell when the ledger cannot be kept.

    The loop has a thread of its own, in which `report` and `started` are called: in the thread of
    the caller a loop may run already, and a thread can run only one.
    """
    handles: list[tuple[Runner, asyncio.AbstractEventLoop]] = []
    interrupted = False

    def begin(runner: Runner, loop: asyncio.AbstractEventLoop) -> None:
        handles.append((runner, loop))
        if interrupted:  # before there was anything to break off
            runner.break_off(asyncio.CancelledError())
        if started is not None:
            started(runner, loop)

    with ThreadPoolExecutor(1, "twiceshy-load") as own:
        try:
            return own.submit(
                run_share, plan, share_of(plan), ledger, report=report, started=begin
            ).result()
        except KeyboardInterrupt:
            interrupted = True
            for runner, loop in handles:
                with suppress(RuntimeError):  # the loop is closed: the run is over
                    loop.call_soon_threadsafe(runner.break_off, asyncio.CancelledError())
            raise


def share_of(plan: LoadPlan, first: int = 0, step: int = 1) -> Share:
    """Every arrival, or every `step`-th from `first` on. All processes draw the same schedule."""
    moments = draw(plan.arrivals, plan.seed)
    amounts = draw_amounts(len(moments), *plan.amounts, plan.seed)
    return Share(moments[first::step], amounts[first::step], first, step)


def run_share(
    plan: LoadPlan,
    share: Share,
    ledger: Path,
    *,
    zero: Callable[[], int] = lambda: time.monotonic_ns() + _LEAD,
    report: Callable[[Progress], None] | None = None,
    started: Callable[[Runner, asyncio.AbstractEventLoop], None] | None = None,
) -> Progress:
    """Send one share. `zero` is asked when everything is ready, for the moment of the beginning."""
    address = _address(plan.host, plan.port)
    _allow_files(plan.connections + _FILES_BESIDE)

    async def whole() -> Progress:
        loop = asyncio.get_running_loop()
        with LedgerWriter(ledger, _head(plan, share)) as writer:
            runner = Runner(plan, share, writer, loop, partial(_connect, loop, address))
            loop.set_exception_handler(partial(_break_off, runner))
            if started is not None:
                started(runner, loop)
            beginning = zero()
            writer.describe({"zero": beginning, "began": _date_of(beginning)})
            return await runner.run(beginning, report)

    with asyncio.Runner(loop_factory=_loop_factory()) as loops:
        return loops.run(whole())


def _break_off(
    runner: Runner, loop: asyncio.AbstractEventLoop, context: Mapping[str, object]
) -> None:
    """An error inside of a callback ends the run; an event loop would only print it."""
    error = context.get("exception")
    if isinstance(error, BaseException):
        runner.break_off(error)
    else:
        loop.default_exception_handler(dict(context))


def _connect(
    loop: asyncio.AbstractEventLoop, address: tuple[str, int], connection: Connection
) -> asyncio.Future[object]:
    return asyncio.ensure_future(loop.create_connection(lambda: connection, *address))


def _address(host: str, port: int) -> tuple[str, int]:
    """The numeric address, looked up once: not by each connection, and the same one always."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise CannotTell(
            f"The host {host} has no address.",
            seen=error.strerror or "",
            todo="Name the host under which the service listens, such as 127.0.0.1.",
        ) from None
    chosen = min(found, key=lambda one: one[0] != socket.AF_INET)
    return str(chosen[4][0]), port


def _allow_files(wanted: int) -> None:
    """Allow as many open files as the run wants, if we may; else connections fail, and say so."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < wanted and soft != resource.RLIM_INFINITY:
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop]:
    """uvloop where it is installed: it costs a third. There is none for some systems."""
    try:
        import uvloop  # noqa: PLC0415 - optional
    except ImportError:
        return asyncio.new_event_loop
    return uvloop.new_event_loop


def _date_of(moment: int) -> str:
    """The date of a moment of the monotonic clock."""
    ahead = timedelta(microseconds=(moment - time.monotonic_ns()) / 1000)
    return (datetime.now(UTC) + ahead).isoformat()


def _head(plan: LoadPlan, share: Share) -> dict[str, object]:
    return {
        "request": str(plan.request),
        "service": f"{plan.host}:{plan.port}",
        "share": [share.first, share.step],
        "planned": len(share.moments),
        "seed": plan.seed,
    }


@contextmanager
def without_collector() -> Iterator[None]:
    """No pauses to look for garbage, for a process that only sends.

    What was there before is left alone, and what comes makes no garbage that needs looking for.
    """
    was_on = gc.isenabled()
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.unfreeze()
        if was_on:
            gc.enable()
