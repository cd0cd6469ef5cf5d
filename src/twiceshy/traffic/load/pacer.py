"""Wakes the run at moments of the monotonic clock, more exactly than event loops do.

The timers of event loops round to milliseconds. On Linux a timer of the kernel (timerfd) wakes the
loop; elsewhere we sleep until shortly before the moment, and then ask the clock again and again.
"""

from __future__ import annotations

import ctypes
import os
import sys
import time
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

_SECOND = 1_000_000_000
_BEFORE = 2_000_000
"""Nanoseconds before the moment from which on we ask the clock: loops are late by up to 1 ms."""
_MONOTONIC = 1
_FLAGS = os.O_NONBLOCK | os.O_CLOEXEC
_ABSOLUTE = 1


class Pacer(Protocol):
    """Calls back at a moment; a new moment takes the place of the last."""

    def arm(self, moment: int) -> None:
        """Call back at `moment`, in nanoseconds of `time.monotonic_ns`."""

    def close(self) -> None:
        """Call back no more."""


class KernelPacer:
    """By timerfd. OSError or AttributeError where there is none."""

    def __init__(self, loop: asyncio.AbstractEventLoop, act: Callable[[], None]) -> None:
        self._loop, self._act = loop, act
        self._file, self._set = _kernel_timer()
        loop.add_reader(self._file, self._fire)

    def arm(self, moment: int) -> None:
        """At `moment`; at once when it is over."""
        self._set(max(moment, 1))  # 0 would switch the timer off

    def close(self) -> None:
        """Give the timer back."""
        self._loop.remove_reader(self._file)
        os.close(self._file)

    def _fire(self) -> None:
        try:
            os.read(self._file, 8)
        except BlockingIOError:
            return  # armed anew since it fired
        self._act()


class SpinningPacer:
    """By the loop's own timers until shortly before the moment, then by asking the clock."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        act: Callable[[], None],
        clock: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        self._loop, self._act, self._clock = loop, act, clock
        self._moment = 0
        self._handle: asyncio.Handle | None = None

    def arm(self, moment: int) -> None:
        """At `moment`."""
        self._moment = moment
        self._wait()

    def close(self) -> None:
        """Nothing more."""
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None

    def _wait(self) -> None:
        self.close()
        left = self._moment - self._clock()
        if left > _BEFORE:
            self._handle = self._loop.call_later((left - _BEFORE) / _SECOND, self._wait)
        elif left > 0:
            self._handle = self._loop.call_soon(self._wait)
        else:
            self._handle = self._loop.call_soon(self._act)


def pacer(loop: asyncio.AbstractEventLoop, act: Callable[[], None]) -> Pacer:
    """The best that this system has."""
    try:
        return KernelPacer(loop, act)
    except (OSError, AttributeError):
        return SpinningPacer(loop, act)


class _Times(ctypes.Structure):
    """`struct itimerspec`: the interval, then the first moment."""

    _fields_ = tuple(
        (name, ctypes.c_long)
        for name in ("every_seconds", "every_nanoseconds", "seconds", "nanoseconds")
    )
    seconds: int
    nanoseconds: int


def _kernel_timer() -> tuple[int, Callable[[int], None]]:
    """A timer as a file, and what sets its moment."""
    if sys.version_info >= (3, 13):
        file = os.timerfd_create(time.CLOCK_MONOTONIC, flags=os.TFD_NONBLOCK | os.TFD_CLOEXEC)

        def set_moment(moment: int) -> None:
            os.timerfd_settime_ns(file, flags=os.TFD_TIMER_ABSTIME, initial=moment)

        return file, set_moment
    library = ctypes.CDLL(None, use_errno=True)
    file = library.timerfd_create(_MONOTONIC, _FLAGS)
    if file < 0:
        raise OSError(ctypes.get_errno(), "timerfd_create")
    times = _Times()
    place, settime = ctypes.byref(times), library.timerfd_settime

    def set_moment(moment: int) -> None:
        times.seconds, times.nanoseconds = divmod(moment, _SECOND)
        settime(file, _ABSOLUTE, place, None)

    return file, set_moment
