"""The pages served live: each request shows the files as they are now.

Without a token, only this machine can ask: the address is a loopback one, and so must be the name
under which a browser asks for it, so that a page of another site cannot reach through.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import socket
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, quote, urlsplit

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from twiceshy.errors import UsageError
from twiceshy.site.pages import media_type
from twiceshy.site.templates import POLICY

if TYPE_CHECKING:
    from starlette.middleware.base import RequestResponseEndpoint
    from starlette.requests import Request

    from twiceshy.site.live import Live

COOKIE = "twiceshy"
SHORTEST_TOKEN = 12

_MOST_GIVEN = 4096
"""Bytes of a form that are read: whoever has no token must not fill our memory."""
_LAST_PORT = 65535
_HTML = "text/html; charset=utf-8"
_INSIDE = re.compile(r"(?:[\w.-]+/)*[\w.-]*")
_HEADERS = {
    "Content-Security-Policy": f"{POLICY}; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex",
    "Cache-Control": "no-store",
}


class Doorkeeper:
    """Who may come in: those who have the token; without one, those on this machine."""

    def __init__(self, token: str) -> None:
        self._token = token
        self._ticket = hmac.new(secrets.token_bytes(32), token.encode(), hashlib.sha256)

    @property
    def ticket(self) -> str:
        """What the cookie of somebody who gave the token holds; it ends with the server."""
        return self._ticket.hexdigest()

    def knows(self, given: str) -> bool:
        """Whether it is the token."""
        return bool(self._token) and _same(given, self._token)

    def is_here(self, request: Request) -> bool:
        """Whether the request names this machine, or needs not to."""
        if self._token:
            return True
        try:
            name = urlsplit(f"//{request.headers.get('host', '')}").hostname
            return _is_loopback(name or "")
        except ValueError:
            return False

    def lets_in(self, request: Request) -> bool:
        """Whether the request shows the token, as a header or as the cookie made of it."""
        if not self._token:
            return True
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and self.knows(given.strip()):
            return True
        return _same(request.cookies.get(COOKIE, ""), self.ticket)


def _same(left: str, right: str) -> bool:
    return hmac.compare_digest(left.encode("utf-8", "replace"), right.encode("utf-8", "replace"))


def _is_loopback(host: str) -> bool:
    """Whether the name or address is this machine's own. No other name can lead here safely."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


async def _given(request: Request) -> dict[str, list[str]]:
    """The fields of a form, as far as they are read."""
    content = b""
    async for piece in request.stream():
        content += piece
        if len(content) > _MOST_GIVEN:
            break
    return parse_qs(content[:_MOST_GIVEN].decode("utf-8", "replace"))


class _Pages:
    """What is answered to whom."""

    def __init__(self, live: Live, token: str) -> None:
        self._live = live
        self._keeper = Doorkeeper(token)

    async def guard(self, request: Request, proceed: RequestResponseEndpoint) -> Response:
        """Every answer, with its headers."""
        answer = await _admit(request, proceed, self._keeper)
        answer.headers.update(_HEADERS)
        return answer

    async def state(self, _: Request) -> Response:
        """What changes when a page would."""
        site = await run_in_threadpool(self._live.site)
        return PlainTextResponse(site.live)

    async def door(self, request: Request) -> Response:
        """The form for the token."""
        to = request.query_params.get("to", "")
        return Response(self._live.door(to, wrong=False), media_type=_HTML)

    async def enter(self, request: Request) -> Response:
        """The token, given in the form."""
        given = await _given(request)
        to = given.get("to", [""])[0]
        if not self._keeper.knows(given.get("token", [""])[0]):
            return Response(self._live.door(to, wrong=True), status_code=403, media_type=_HTML)
        answer = RedirectResponse(f"/{to if _INSIDE.fullmatch(to) else ''}", status_code=303)
        secure = request.url.scheme == "https"
        ticket = self._keeper.ticket
        answer.set_cookie(COOKIE, ticket, httponly=True, samesite="strict", secure=secure)
        return answer

    async def file(self, request: Request) -> Response:
        """A file of the site, or the page that says that there is none."""
        path = request.path_params["path"] or "index.html"
        text = await run_in_threadpool(self._live.text, path)
        if text is None:
            missing = await run_in_threadpool(self._live.missing, path)
            return Response(missing, status_code=404, media_type=_HTML)
        return Response(text.encode("utf-8", "replace"), media_type=media_type(path))


def application(live: Live, token: str = "") -> Starlette:
    """The site as an ASGI application."""
    pages = _Pages(live, token)
    routes = [
        Route("/-/state", pages.state),
        Route("/-/enter", pages.door),
        Route("/-/enter", pages.enter, methods=["POST"]),
        Route("/{path:path}", pages.file),
    ]
    guard = Middleware(BaseHTTPMiddleware, dispatch=pages.guard)
    return Starlette(routes=routes, middleware=[guard])


async def _admit(
    request: Request, proceed: RequestResponseEndpoint, keeper: Doorkeeper
) -> Response:
    """The answer, or what somebody hears who may not come in."""
    path = request.url.path
    if not keeper.is_here(request):
        return PlainTextResponse("Ask for this server as localhost.", status_code=421)
    if keeper.lets_in(request) or path == "/-/enter" or path.startswith("/assets/"):
        return await proceed(request)
    if "text/html" not in request.headers.get("accept", ""):
        return PlainTextResponse("A token is needed.", 401, {"WWW-Authenticate": "Bearer"})
    return RedirectResponse(f"/-/enter?to={quote(path.lstrip('/'))}", status_code=303)


def listen(host: str, port: int, token: str) -> socket.socket:
    """A socket on which to serve. Raises UsageError when that must not or cannot be."""
    if token and len(token) < SHORTEST_TOKEN:
        raise UsageError(
            "The token is too short",
            seen=f"{len(token)} characters",
            todo=f"Use at least {SHORTEST_TOKEN}; `openssl rand -hex 16` makes a good one.",
        )
    if not (_is_loopback(host) or token):
        raise UsageError(
            "Without a token, only this machine may read the pages",
            seen=f"--host {host}",
            todo="Give a token with --token, or leave --host away.",
        )
    _check_port(port)
    try:
        return socket.create_server(
            ("127.0.0.1" if host == "localhost" else host, port),
            family=socket.AF_INET6 if ":" in host else socket.AF_INET,
        )
    except OSError as error:
        raise UsageError(
            "The pages cannot be served there",
            where=f"{host} port {port}",
            seen=(error.strerror or str(error)).lower(),
            todo="Choose another port with --port; 0 takes any that is free.",
        ) from error


def _check_port(port: int) -> None:
    if not 0 <= port <= _LAST_PORT:
        raise UsageError(
            "There is no such port",
            seen=f"--port {port}",
            todo=f"Choose one up to {_LAST_PORT}; 0 takes any that is free.",
        )


def serve(live: Live, listener: socket.socket, token: str = "") -> None:
    """Serve until a signal ends it."""
    settings = uvicorn.Config(
        application(live, token),
        log_level="warning",
        access_log=False,
        lifespan="off",
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=2,
    )
    uvicorn.Server(settings).run(sockets=[listener])
