"""Whether a service that was started answers yet."""

from __future__ import annotations

from twiceshy.model.history import NoReply
from twiceshy.model.scenario import Request
from twiceshy.traffic.exchange import exchange

_HOST = "127.0.0.1"
_TIMEOUT = 2.0


def probe(port: int, request: str) -> str:
    """Ask a port for HTTP below 400 when a request is named, else for anything at all.

    Says what was seen instead, or "".
    """
    path = request.removeprefix("GET ") or "/"
    answer = exchange(_HOST, port, Request("GET", path), timeout=_TIMEOUT)
    if isinstance(answer, NoReply):
        ready, seen = not request and answer.kind != "refused", answer.says
    else:
        ready, seen = not request or answer.status < 400, f"status {answer.status}"
    return "" if ready else f"{request or 'connecting'} on port {port}: {seen}"
