"""Requests and answers as they pass: how many wait, how many were answered, which are dropped."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

if TYPE_CHECKING:
    from collections.abc import Callable

_FIRST_FINAL = 200
_KINDS = frozenset({"answer", "unanswered", "outstanding"})


class Exchanges:
    """Follows the HTTP of all connections through one door; used by the door's thread alone.

    A connection has at most one request open, as that of a client that waits for its answer.
    `requests` were begun, of which `outstanding` wait; `answers` were given whole; `dropped` are
    the numbers of those that their client never got.
    """

    def __init__(self) -> None:
        self.requests = 0
        self.outstanding = 0
        self.answers = 0
        self.dropped: list[int] = []
        self._talks: dict[object, _Talk] = {}
        self._points: list[_Point] = []
        self._is_dropped: Callable[[int], bool] | None = None

    def when(self, point: str, reached: Callable[[], None]) -> None:
        """Call `reached` once, at a point such as `answer:25` or `outstanding:8`, from now on.

        At `unanswered:25` the client never gets the 25th answer.
        ValueError when there is no such point.
        """
        kind, number = parse_point(point)
        first = 0 if kind == "outstanding" else self.answers
        self._points.append(_Point(kind, first + number, reached))

    def reached(self) -> list[Callable[[], None]]:
        """Whom to call now, because a point is reached; each only once."""
        if not self._points:
            return []
        found = [point for point in self._points if self._count(point.kind) >= point.count]
        self._points = [point for point in self._points if point not in found]
        return [point.reached for point in found]

    def _count(self, kind: str) -> int:
        return self.outstanding if kind == "outstanding" else self.answers

    def drop(self, every: int, seed: int = 0) -> None:
        """From now on drop every n-th answer; with a seed, each with the chance of one in n."""
        if seed:
            dice = random.Random(seed)  # noqa: S311 - must repeat
            self._is_dropped = lambda _: dice.random() * every < 1
        else:
            first = self.answers
            self._is_dropped = lambda number: (number - first) % every == 0

    def keep(self) -> None:
        """Drop no answer any more."""
        self._is_dropped = None

    # -- what the door tells ------------------------------------------------------------------

    def asked(self, who: object) -> None:
        """A client sent bytes."""
        talk = self._talks.get(who)
        if talk is None:
            talk = self._talks[who] = _Talk()
        if not talk.waits:
            talk.waits, talk.began = True, False
            self.requests += 1
            self.outstanding += 1

    def answered(self, who: object, data: bytes) -> bytes | None:
        """A service sent bytes: those that are passed on, or None when the answer is dropped."""
        talk = self._talks.get(who)
        if talk is None:
            return data
        ended = talk.feed(data)
        if self._is_dropped or talk.held:
            # An answer is only dropped once the service has given the whole of it.
            talk.held += data
            data = b""
        if not ended or not talk.waits:
            return data
        return self._whole(talk, data)

    def ended(self, who: object) -> bytes | None:
        """A service sent its last byte, which may be what ends an answer; as `answered`."""
        talk = self._talks.get(who)
        if talk is None:
            return b""
        if talk.waits and talk.began:
            return self._whole(talk, b"")
        held, talk.held = talk.held, b""
        return held

    def _whole(self, talk: _Talk, data: bytes) -> bytes | None:
        talk.waits = False
        held, talk.held = talk.held, b""
        self.outstanding -= 1
        self.answers += 1
        if self._is_dropped is not None and self._is_dropped(self.answers):
            self.dropped.append(self.answers)
            return None
        return None if self._is_withheld() else held + data

    def _is_withheld(self) -> bool:
        points = (point for point in self._points if point.kind == "unanswered")
        return any(self.answers >= point.count for point in points)

    def gone(self, who: object) -> None:
        """A client hung up, or the connection ended: nobody waits on it any more."""
        talk = self._talks.pop(who, None)
        if talk is not None:
            self.outstanding -= talk.waits
            talk.close()


def parse_point(point: str) -> tuple[str, int]:
    """What is counted, and to which number; ValueError when it is no point."""
    kind, _, count = point.partition(":")
    number = int(count) if count.isascii() and count.isdigit() else 0
    if kind not in _KINDS or number < 1:
        message = f"{point!r} is no point; write 'answer:25', 'unanswered:25' or 'outstanding:8'"
        raise ValueError(message)
    return kind, number


@dataclass(frozen=True, slots=True, eq=False)
class _Point:
    kind: str
    count: int
    reached: Callable[[], None]


class _Talk:
    """One connection: whether a request waits, and where its answer ends."""

    def __init__(self) -> None:
        self.waits = False
        self.began = False
        self.held = b""
        self._ended = 0
        self._parser: HttpResponseParser | None = HttpResponseParser(self)

    def feed(self, data: bytes) -> bool:
        """Whether an answer ended in these bytes. What is not HTTP ends with each piece of it."""
        self.began = True
        if self._parser is None:
            return True
        before = self._ended
        try:
            self._parser.feed_data(data)
        except (HttpParserError, HttpParserUpgrade):
            self.close()
            return True
        return self._ended > before

    def on_message_complete(self) -> None:
        """As the parser calls it, for interim answers as well."""
        if self._parser is not None and self._parser.get_status_code() >= _FIRST_FINAL:
            self._ended += 1

    def close(self) -> None:
        """Let go of the parser, which knows us: no collector looks for such circles."""
        self._parser = None
