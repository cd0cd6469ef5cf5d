"""A small service to be rehearsed: people sign up, and a habit decides who counts as known.

    python service.py --port 8000

`POST /by_invoice` signs somebody up as the function `by_invoice` below does.
"""

from __future__ import annotations

import argparse
import hashlib
import hmac
import json
import os
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import psycopg

if TYPE_CHECKING:
    from collections.abc import Callable

Sent = dict[str, str]
PEPPER = b"nobody knows"


class Store:
    """A connection of its own for each request."""

    def __init__(self) -> None:
        self._connection = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)

    def rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """What a statement gives."""
        cursor = self._connection.execute(statement, values)
        return cursor.fetchall() if cursor.description else []

    def close(self) -> None:
        """Nothing more is asked."""
        self._connection.close()


def registered(store: Store, sent: Sent) -> bool:
    """Whether there is an account with one of the keys: as it should be."""
    query = "SELECT 1 FROM users WHERE email = %s OR document = %s"
    return bool(store.rows(query, sent["email"], sent["document"]))


def plainly(store: Store, sent: Sent) -> bool:
    """Only accounts count; that somebody is a guest is asked for another reason."""
    store.rows("SELECT state FROM guests WHERE contact = %s", sent["email"])
    store.rows("UPDATE guests SET state = 'done' WHERE contact = %s", sent["email"])
    return False


def by_invoice(store: Store, sent: Sent) -> bool:
    """A column of another name and type, with no foreign key in sight."""
    return bool(store.rows("SELECT 1 FROM invoices WHERE taxpayer = %s", int(sent["document"])))


def through_a_view(store: Store, sent: Sent) -> bool:
    """A view that unites two tables."""
    return bool(store.rows("SELECT 1 FROM everybody WHERE address = %s", sent["email"]))


def through_a_function(store: Store, sent: Sent) -> bool:
    """A function, which ignores case."""
    return bool(store.rows("SELECT is_known(%s)", sent["email"])[0][0])


def through_a_second_query(store: Store, sent: Sent) -> bool:
    """The id that a first query found is looked up by another one."""
    found = store.rows("SELECT id FROM people WHERE document = %s", sent["document"])
    return any(store.rows("SELECT 1 FROM debts WHERE debtor = %s", number) for (number,) in found)


def through_a_join(store: Store, sent: Sent) -> bool:
    """The same in one statement."""
    query = "SELECT 1 FROM people p JOIN debts d ON d.debtor = p.id WHERE p.document = %s"
    return bool(store.rows(query, sent["document"]))


def hashed(store: Store, sent: Sent) -> bool:
    """A plain hash, which anybody can make."""
    digest = hashlib.sha256(sent["document"].encode()).hexdigest()
    return bool(store.rows("SELECT 1 FROM fingerprints WHERE digest = %s", digest))


def peppered(store: Store, sent: Sent) -> bool:
    """A hash with a secret of the service."""
    digest = hmac.new(PEPPER, sent["document"].encode(), "sha256").hexdigest()
    return bool(store.rows("SELECT 1 FROM fingerprints WHERE digest = %s", digest))


def salted(store: Store, sent: Sent) -> bool:
    """A hash with a salt in each row: all of them are read."""
    return any(
        hashlib.sha256((salt + sent["document"]).encode()).hexdigest() == digest
        for salt, digest in store.rows("SELECT salt, document_hash FROM salted")
    )


def in_python(store: Store, sent: Sent) -> bool:
    """All rows are read, and compared in the service."""
    return (sent["email"],) in store.rows("SELECT email FROM leads")


def only_deleted(store: Store, sent: Sent) -> bool:
    """Whoever was removed once does not come back."""
    query = "SELECT 1 FROM guests WHERE contact = %s AND deleted_at IS NOT NULL"
    return bool(store.rows(query, sent["email"]))


def only_blocked(store: Store, sent: Sent) -> bool:
    """One of the states that a row may be in."""
    query = "SELECT 1 FROM guests WHERE contact = %s AND state = 'blocked'"
    return bool(store.rows(query, sent["email"]))


def without_a_word(store: Store, sent: Sent) -> bool | None:
    """Guests are answered as everybody is, and not saved."""
    return None if store.rows("SELECT 1 FROM guests WHERE contact = %s", sent["email"]) else False


def asynchronously(store: Store, sent: Sent) -> bool | None:
    """The account is made a little later, when the answer is out."""
    threading.Thread(target=_later, args=(sent,), daemon=True).start()
    return None


def refused(store: Store, sent: Sent) -> bool:
    """Nobody is let in."""
    return True


def crashes(store: Store, sent: Sent) -> bool:
    """Nobody looks, and the constraint breaks."""
    return False


def offered(store: Store, sent: Sent) -> bool:
    """A code that must be there is looked up: it names a row, it is no key."""
    return not store.rows("SELECT percent FROM offers WHERE code = %s", sent["offer"])


HABITS: dict[str, Callable[[Store, Sent], bool | None]] = {
    habit.__name__: habit
    for habit in (
        *(plainly, by_invoice, through_a_view, through_a_function, through_a_second_query),
        *(through_a_join, hashed, peppered, salted, in_python, only_deleted, only_blocked),
        *(without_a_word, asynchronously, refused, crashes, offered),
    )
}


def save(store: Store, sent: Sent) -> bool:
    """Make the account; whether nobody was quicker."""
    try:
        store.rows(
            "INSERT INTO users (email, document, name) VALUES (%s, %s, %s)",
            *(sent["email"], sent["document"], sent["name"]),
        )
    except psycopg.errors.UniqueViolation:
        return False
    return True


def _later(sent: Sent) -> None:
    time.sleep(0.05)
    store = Store()
    save(store, sent)
    store.close()


def answer(store: Store, name: str, sent: Sent) -> int:
    """The status."""
    if name != "crashes" and registered(store, sent):
        return 409
    known = HABITS[name](store, sent)
    if known is None:
        return 201
    if known:
        return 409
    return 201 if save(store, sent) else 500 if name == "crashes" else 409


class Handler(BaseHTTPRequestHandler):
    """Signs people up."""

    def do_GET(self) -> None:
        """Healthy."""
        self.send(200)

    def do_POST(self) -> None:
        """Sign somebody up by the habit in the path."""
        sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        store = Store()
        try:
            self.send(answer(store, self.path.strip("/"), sent))
        finally:
            store.close()

    def send(self, status: int) -> None:
        """Status, and a word about it."""
        body = json.dumps({"ok": status < 400, "says": "welcome" if status < 400 else "known"})
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())


def main() -> None:
    """Serve until somebody ends it."""
    options = argparse.ArgumentParser()
    options.add_argument("--port", type=int, required=True)
    port = options.parse_args().port
    ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()


if __name__ == "__main__":
    main()
