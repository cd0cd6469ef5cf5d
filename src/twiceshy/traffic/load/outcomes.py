"""What an answer says about the transaction that it answers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from twiceshy.model.ledger import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_REPEAT_ELSEWHERE = (307, 308)
_HEAD = re.compile(rb"HTTP/\d\.\d (\d{3})[^\r\n]*((?:\r?\n[^\r\n]+)*)\r?\n\r?\n")
_FRAMED = re.compile(rb"^(?:content-length|transfer-encoding)\s*:", re.IGNORECASE | re.MULTILINE)
_INTERIM = 200


def meanings(exceptions: Iterable[tuple[int, Outcome]] = ()) -> Mapping[int, Outcome]:
    """What each status means when its answer was read whole; `exceptions` are the service's own.

    2xx: applied. 4xx: not applied. 5xx: unknown, for many a service fails after its commit. 307 and
    308 ask for the same request at another place, so this one was not applied (RFC 9110, 15.4.8 and
    15.4.9). Every other redirect is unknown: after a POST, services send the browser on to the
    page of what they have just stored, and they do so with 303, 302 and 301 alike. Everything else
    that may stand in a status line is unknown.
    """
    known = dict.fromkeys(range(100, 1000), Outcome.UNKNOWN)
    known.update(dict.fromkeys(range(200, 300), Outcome.ACKED))
    known.update(dict.fromkeys(range(400, 500), Outcome.REJECTED))
    known.update(dict.fromkeys(_REPEAT_ELSEWHERE, Outcome.REJECTED))
    known.update(exceptions)
    return known


def status_framed_by_close(received: bytes) -> int:
    """The status of an answer whose body lasts until the connection ends; 0 if it is no such.

    RFC 9112, section 6.3: without a length and without chunks, the end of the connection is the
    end of the body, and a client cannot tell whether it was meant. `received` is everything that
    came, interim answers included.
    """
    place = 0
    while head := _HEAD.match(received, place):
        status = int(head[1])
        if status >= _INTERIM:
            return 0 if _FRAMED.search(head[2]) else status
        place = head.end()
    return 0
