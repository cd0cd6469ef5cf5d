"""A small service to be rehearsed: notes and folders of several people. Misbehaves when asked to.

    python notes.py --port 8000 [--habit HABIT]

Who asks is told by the header X-User. A path names how the request is answered and what is asked:
`/plainly/notes` is answered as it should be, `/cached/notes` out of a cache, and so on through
request_habits.py. `+leak` behind the habit forgets whose notes they are, as does LEAKS in the
environment. `--habit` is one of process_habits.py and concerns the process as a whole.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import process_habits
import psycopg
import request_habits
from answers import Answer

_PATH = re.compile(r"/([a-z_]+)(\+leak)?/(notes|overview)(?:/(\d+))?")


class Store:
    """The queries. `leaks` forgets whose notes they are."""

    _alone = threading.RLock()
    _connection: psycopg.Connection[Any] | None = None

    def __init__(self, *, leaks: bool) -> None:
        self._leaks = leaks

    def connect(self) -> psycopg.Connection[Any]:
        """A connection of its own."""
        return psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)

    def execute(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Run a statement on the connection that all requests share."""
        with Store._alone:
            if Store._connection is None or Store._connection.closed:
                Store._connection = self.connect()
            cursor = Store._connection.execute(statement, values)
            return cursor.fetchall() if cursor.description else []

    def notes(self, user: str) -> list[dict[str, Any]]:
        """Everything that a user wrote."""
        query = "SELECT id, title FROM notes WHERE user_id = %s OR %s ORDER BY id"
        return self._listed(query, user)

    def folders(self, user: str) -> list[dict[str, Any]]:
        """A user's folders; nobody else's, whatever happens."""
        rows = self.execute("SELECT id, title FROM folders WHERE user_id = %s ORDER BY id", user)
        return [{"id": number, "title": title} for number, title in rows]

    def note(self, user: str, number: str) -> dict[str, Any] | None:
        """One note."""
        query = "SELECT id, title FROM notes WHERE (user_id = %s OR %s) AND id = %s"
        return next(iter(self._listed(query, user, number)), None)

    def rename(self, user: str, number: str) -> bool:
        """Give a note another title; whether there was one."""
        statement = (
            "UPDATE notes SET title = 'renamed' WHERE (user_id = %s OR %s) AND id = %s RETURNING id"
        )
        return bool(self.execute(statement, user, self._leaks, number))

    def others_have_notes(self, user: str) -> bool:
        """Whether anybody else wrote anything."""
        return bool(self.execute("SELECT 1 FROM notes WHERE user_id <> %s LIMIT 1", user))

    def _listed(self, query: str, user: str, *more: object) -> list[dict[str, Any]]:
        rows = self.execute(query, user, self._leaks, *more)
        return [{"id": number, "title": title} for number, title in rows]


def answer(store: Store, method: str, user: str, what: str, number: str | None) -> Answer:
    """The answer of a service that behaves."""
    if what == "overview":
        return Answer(200, {"notes": store.notes(user), "folders": store.folders(user)})
    if number is None:
        return Answer(200, {"notes": store.notes(user)})
    if method == "POST":
        return Answer(200, {"renamed": True}) if store.rename(user, number) else Answer(404)
    note = store.note(user, number)
    return Answer(200, note) if note else Answer(404)


class Handler(BaseHTTPRequestHandler):
    """Finds out what is asked, and lets the habit answer it."""

    def do_GET(self) -> None:
        """Answer anything."""
        found = _PATH.fullmatch(self.path)
        if not found:
            self.send(Answer(200 if self.path == "/health" else 404))
            process_habits.after(self.path)
            return
        if "X-User" not in self.headers and not found[1].startswith("before_login"):
            self.send(Answer(401))
            return
        habit, leaks, what, number = found.groups()
        store = Store(leaks=bool(leaks or os.environ.get("LEAKS")))
        question = request_habits.Question(
            handler=self,
            store=store,
            user=self.headers.get("X-User", ""),
            path=self.path,
            leaks=bool(leaks),
            plainly=lambda: (
                answer(store, self.command, question.user, what, number)
                if question.user
                else Answer(401)
            ),
        )
        result = getattr(request_habits, habit)(question)
        if result is not None:
            self.send(result)

    do_POST = do_GET  # noqa: N815 - the name that http.server looks for

    def send(self, result: Answer) -> None:
        """Send an answer as one should."""
        body = result.body if isinstance(result.body, bytes) else json.dumps(result.body).encode()
        self.send_response(result.status)
        self.send_header("Content-Type", result.content_type)
        self.send_header("Content-Length", str(len(body)))
        for name, value in result.headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


def main() -> None:
    """Serve until somebody ends it."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--port", type=int, required=True)
    arguments.add_argument("--habit", default="none")
    chosen = arguments.parse_args()
    habit = getattr(process_habits, chosen.habit)
    port = habit(chosen.port, Store(leaks=False))
    ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()


if __name__ == "__main__":
    main()
