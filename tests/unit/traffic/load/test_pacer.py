"""What wakes a run: the fallback with a clock of its own, the kernel's timer with the real one."""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor

from twiceshy.traffic.load.pacer import KernelPacer, SpinningPacer, pacer

MS = 1_000_000


class Loop:
    """An event loop whose time passes only when it is told to."""

    def __init__(self) -> None:
        self.now = 0
        self.soon = []
        self.slept = []

    def call_later(self, seconds, act):
        """Sleep, and be late by a millisecond as real loops are."""
        self.slept.append(seconds)
        return self._keep(act, int(seconds * 1000 * MS) + MS)

    def call_soon(self, act):
        """A round of the loop takes a hundredth of a millisecond."""
        return self._keep(act, MS // 100)

    def _keep(self, act, length):
        handle = asyncio.Handle(act, (), self)
        self.soon.append((handle, length))
        return handle

    def get_debug(self):
        """Handles ask."""
        return False

    def run(self):
        """Until nothing is left."""
        while self.soon:
            handle, length = self.soon.pop(0)
            if not handle.cancelled():
                self.now += length
                handle._run()


def test_without_a_kernel_timer_we_sleep_first_and_then_watch_the_clock():
    """The moment is met within a round of the loop, however coarse the loop's timers are."""
    loop, fired = Loop(), []
    spinning = SpinningPacer(loop, lambda: fired.append(loop.now), lambda: loop.now)
    spinning.arm(50 * MS)
    spinning.arm(40 * MS)
    loop.run()
    assert len(fired) == 1
    assert 0 <= fired[0] - 40 * MS <= MS // 50
    assert loop.slept[-1] < 0.04


def test_a_moment_that_is_over_comes_at_once():
    """And a closed pacer stays silent."""
    loop, fired = Loop(), []
    spinning = SpinningPacer(loop, lambda: fired.append(loop.now), lambda: loop.now)
    loop.now = 9 * MS
    spinning.arm(5 * MS)
    loop.run()
    assert fired == [9 * MS + MS // 100]
    spinning.arm(90 * MS)
    spinning.close()
    loop.run()
    assert len(fired) == 1


def test_the_kernel_wakes_us_in_order():
    """Moments in the future and in the past, never before their time."""
    late = []

    async def wake() -> None:
        loop = asyncio.get_running_loop()
        fired = asyncio.Event()
        best = pacer(loop, fired.set)
        assert isinstance(best, KernelPacer)
        for ahead in (3 * MS, -MS, 0, MS // 2):
            moment = time.monotonic_ns() + ahead
            best.arm(moment)
            await asyncio.wait_for(fired.wait(), 10)
            late.append(time.monotonic_ns() - moment)
            fired.clear()
        best.close()

    with ThreadPoolExecutor(1) as own:  # another test's loop may run in this thread
        own.submit(lambda: asyncio.run(wake())).result()
    assert len(late) == 4
    assert min(late) >= 0
