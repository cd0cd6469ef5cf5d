"""Ways to answer one request. Each gets the question; what it returns is sent, unless it is None.

A habit concerns its own requests only, so that many of them can be rehearsed on one stage.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import socket
import threading
import time
import urllib.request
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import process_habits
from answers import Answer

if TYPE_CHECKING:
    from collections.abc import Callable
    from http.server import BaseHTTPRequestHandler

_MEMORY: dict[Any, Any] = {}
_ASKED: Counter[str] = Counter()
_KEPT_OPEN: list[Any] = []
_LIMIT = 25


@dataclass(frozen=True, slots=True)
class Question:
    """A request; `plainly()` is what a service that behaves would answer."""

    handler: BaseHTTPRequestHandler
    store: Any
    user: str
    path: str
    leaks: bool
    plainly: Callable[[], Answer]

    @property
    def of_notes(self) -> bool:
        """Whether the whole list is asked for."""
        return self.path.endswith("/notes")


def plainly(question: Question) -> Answer:
    """As it should be."""
    return question.plainly()


# -- caches -----------------------------------------------------------------------------------


def _remembered(key: Any, make: Callable[[], Any]) -> Any:
    if key not in _MEMORY:
        _MEMORY[key] = make()
    return _MEMORY[key]


def cached(question: Question) -> Answer:
    """Whole answers, for each user and path."""
    return _remembered((question.user, question.path), question.plainly)


def cached_for_all(question: Question) -> Answer:
    """Whole answers, for each path: the second to ask sees what the first saw."""
    return _remembered(question.path, question.plainly)


def before_login_cached(question: Question) -> Answer:
    """As `cached_for_all`, and even before it is known who asks."""
    answer = _MEMORY.get(question.path) or question.plainly()
    if answer.status == 200:
        _MEMORY[question.path] = answer
    return answer


def cached_query(question: Question) -> Answer:
    """The notes of an overview from memory, its folders from the database."""
    folders = question.store.folders(question.user)
    notes = _remembered((question.path, question.user), lambda: question.store.notes(question.user))
    return Answer(200, {"notes": notes, "folders": folders})


def cached_query_for_all(question: Question) -> Answer:
    """As `cached_query`, but whose notes they are was forgotten."""
    folders = question.store.folders(question.user)
    notes = _remembered(question.path, lambda: question.store.notes(question.user))
    return Answer(200, {"notes": notes, "folders": folders})


def cached_in_redis(question: Question) -> Answer:
    """Whole answers in Redis, for each user and path."""
    return _in_redis(question, f"{question.user} {question.path}")


def cached_in_redis_for_all(question: Question) -> Answer:
    """Whole answers in Redis, for each path."""
    return _in_redis(question, question.path)


def _in_redis(question: Question, key: str) -> Answer:
    import redis

    with redis.Redis.from_url(os.environ["REDIS_URL"]) as client:
        found = client.get(key)
        if found is None:
            answer = question.plainly()
            client.set(key, json.dumps([answer.status, answer.body]))
            return answer
    return Answer(*json.loads(found))


def read_ahead(question: Question) -> Answer:
    """Out of the copy that a thread of the process keeps in memory."""
    found = [
        {"id": number, "title": title}
        for number, user, title in process_habits.SNAPSHOT
        if str(user) == question.user or question.leaks
    ]
    return Answer(200, {"notes": found})


def cached_in_file(question: Question) -> Answer:
    """Whole answers in files that a restart does not remove."""
    key = hashlib.sha256(f"{question.user} {question.path}".encode()).hexdigest()
    file = Path(os.environ["SCRATCH"]) / "tmp" / f"cache-{key}.json"
    if not file.exists():
        answer = question.plainly()
        file.write_text(json.dumps([answer.status, answer.body]))
    return Answer(*json.loads(file.read_text()))


# -- no answer, or none that can be read ------------------------------------------------------


def hangs(question: Question) -> Answer | None:
    """Lists are never answered."""
    if question.of_notes:
        threading.Event().wait()
    return question.plainly()


def hangs_with_others(question: Question) -> Answer | None:
    """Lists are never answered once somebody else wrote notes."""
    if question.of_notes and question.store.others_have_notes(question.user):
        threading.Event().wait()
    return question.plainly()


def says_nothing(question: Question) -> None:
    """The connection is closed without an answer."""
    question.plainly()


def not_http(question: Question) -> None:
    """Some bytes of another protocol."""
    question.plainly()
    question.handler.wfile.write(b"\x16\x03\x01\x00\xff\x00SSH-2.0-notes\r\n\r\n")


def half_a_head(question: Question) -> None:
    """The answer ends within its headers."""
    question.plainly()
    question.handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: applica")


def endless(question: Question) -> None:
    """A body without an end, as fast as it is read."""
    question.plainly()
    _head(question, b"")
    while True:
        question.handler.wfile.write(bytes(1 << 16))


def dripping(question: Question) -> None:
    """A body without an end, a byte now and then."""
    question.plainly()
    _head(question, b"")
    while True:
        question.handler.wfile.write(b" ")
        time.sleep(0.05)


def too_short(question: Question) -> None:
    """Fewer bytes than the head promises."""
    body = json.dumps(question.plainly().body).encode()
    _head(question, b"Content-Length: %d\r\n" % (len(body) + 10))
    question.handler.wfile.write(body)


def no_text(question: Question) -> Answer:
    """JSON, it says, but the bytes are not UTF-8."""
    return Answer(200, b"\xff\xfe" + json.dumps(question.plainly().body).encode() + b"\xc3")


def no_json(question: Question) -> Answer:
    """JSON, it says, but the last brace is missing."""
    return Answer(200, json.dumps(question.plainly().body).encode()[:-1])


def _head(question: Question, more: bytes) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n%s\r\n" % more
    question.handler.wfile.write(head)


def sleeps_in_the_database(question: Question) -> Answer:
    """The database is asked for something that takes ten minutes."""
    with question.store.connect() as connection:
        connection.execute("SELECT pg_sleep(600), * FROM notes")
    return question.plainly()


# -- ends -------------------------------------------------------------------------------------


def exits(question: Question) -> Answer:
    """Whoever asks for one note ends the service."""
    if not question.of_notes:
        os._exit(7)
    return question.plainly()


def exits_after_some(question: Question) -> Answer:
    """The service ends after some requests."""
    _ASKED[question.path] += 1
    if _ASKED.total() > _LIMIT:
        os._exit(7)
    return question.plainly()


def exits_with_others(question: Question) -> Answer:
    """The service ends once somebody else wrote notes."""
    if question.store.others_have_notes(question.user):
        os._exit(7)
    return question.plainly()


# -- other people's machines ------------------------------------------------------------------


def pays(question: Question) -> Answer:
    """One note costs something, and without the payment provider there is none."""
    if not question.of_notes:
        try:
            urllib.request.urlopen("https://api.payments.example/charge", b"1", timeout=1).close()
        except OSError:
            return Answer(502, {"error": "payment failed"})
    return question.plainly()


def pays_quietly(question: Question) -> Answer:
    """As `pays`, but that the payment failed is nobody's business."""
    pays(question)
    return question.plainly()


def calls_neighbour(question: Question) -> Answer:
    """Something on this machine is asked that is not part of the stage."""
    try:
        socket.create_connection(("127.0.0.1", int(os.environ["NEIGHBOUR"])), timeout=1).close()
    except OSError as error:
        return Answer(502, {"error": type(error).__name__})
    return question.plainly()


# -- refusals ---------------------------------------------------------------------------------


def sends_to_login(question: Question) -> Answer:
    """Everybody has to log in first, whoever they are."""
    question.plainly()
    return Answer(302, headers=(("Location", "/login"),))


def knows_nobody(question: Question) -> Answer:
    """No credentials are good enough."""
    question.plainly()
    return Answer(401, {"error": "unauthorized"})


def limited(question: Question) -> Answer:
    """So many requests, and no more."""
    _ASKED[question.path.split("/")[1]] += 1
    if _ASKED[question.path.split("/")[1]] > _LIMIT:
        return Answer(429, {"error": "slow down"}, (("Retry-After", "60"),))
    return question.plainly()


# -- chance -----------------------------------------------------------------------------------


def random_all_over(question: Question) -> Answer:
    """Nothing but chance in the answer."""
    question.plainly()
    return Answer(200, {"answer": secrets.token_hex(8)})


def random_besides(question: Question) -> Answer:
    """The right answer among random values, nothing of it in the same place twice."""
    return Answer(200, {secrets.token_hex(4): question.plainly().body})


# -- the database -----------------------------------------------------------------------------


def leaves_transaction_open(question: Question) -> Answer:
    """Rows stay locked in a transaction that nobody ends."""
    connection = question.store.connect()
    _KEPT_OPEN.append(connection)
    connection.autocommit = False
    connection.execute("SELECT FROM notes WHERE user_id = %s FOR UPDATE", [question.user])
    return question.plainly()


def truncates(question: Question) -> Answer:
    """A table that holds nothing of value is emptied each time."""
    question.store.execute("TRUNCATE recent")
    question.store.execute("INSERT INTO recent VALUES (%s)", question.user)
    return question.plainly()


def alters_schema(question: Question) -> Answer:
    """A table is made anew each time, out of what the user may see."""
    question.store.execute("DROP TABLE IF EXISTS report")
    question.store.execute("CREATE TABLE report (written timestamptz DEFAULT now())")
    return question.plainly()


def loses_connection(question: Question) -> Answer:
    """Its session ends before every request, as behind a pooler that was restarted."""
    question.store.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE usename = current_user AND pid <> pg_backend_pid()"
    )
    return question.plainly()
