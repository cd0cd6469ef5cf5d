"""Whoever sends requests to the service of one stage: actors with their credentials, or nobody."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from twiceshy.errors import ServiceFailed
from twiceshy.model.history import NoReply
from twiceshy.model.scenario import Request
from twiceshy.rehearsal.people import actors_of, without_secret
from twiceshy.traffic.credentials import Credentials, log_in
from twiceshy.traffic.exchange import exchange

if TYPE_CHECKING:
    from collections.abc import Callable

    from twiceshy.config.project import Project
    from twiceshy.model.history import Reply
    from twiceshy.model.scenario import Step

_HOST = "127.0.0.1"
_TIMEOUT = 10.0


class Client:
    """Sends requests of actors to the port that `port` tells, which may change with a restart."""

    def __init__(self, project: Project, port: Callable[[], int]) -> None:
        self.actors = actors_of(project)
        self.credentials: dict[str, Credentials] = {}
        self._port = port
        self._timeout = project.service.timeout if project.service else _TIMEOUT

    def log_in(self, name: str) -> None:
        """Log an actor in; LoginFailed when the service does not let it."""
        self.credentials[name] = log_in(name, self.actors[name], self.send_plainly)

    def send_plainly(self, request: Request) -> Reply | NoReply:
        """The answer to a request of nobody in particular."""
        return exchange(_HOST, self._port(), request, timeout=self._timeout)

    def send(self, step: Step, request: Request) -> tuple[Reply | NoReply, float]:
        """The answer to an actor's request, and how long it took in seconds."""
        started = time.monotonic()
        headers = self.credentials.get(step.actor or "", Credentials()).headers
        answer = exchange(_HOST, self._port(), request, headers=headers, timeout=self._timeout)
        return answer, time.monotonic() - started

    def fetch_text(self, path: str) -> str:
        """A document that the service itself serves; ServiceFailed when it does not."""
        answer = self.send_plainly(Request("GET", path))
        if isinstance(answer, NoReply) or answer.status >= 400:
            seen = answer.says if isinstance(answer, NoReply) else f"status {answer.status}"
            raise ServiceFailed(
                "The service does not serve its OpenAPI description",
                where=f"GET {path}",
                seen=seen,
                todo="correct `openapi` under [service]",
            )
        return answer.body.decode("utf-8", "replace")

    def header_of(self, name: str) -> str:
        """An actor's credentials as header lines, with shell variables in place of secrets."""
        headers = self.credentials.get(name, Credentials()).headers
        return "\n".join(without_secret(name, *pair) for pair in headers)
