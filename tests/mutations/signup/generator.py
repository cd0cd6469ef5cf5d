"""Mutations made by rule: the check for duplicates looks in one more column, in one more way.

Each of five columns of four tables is met in each of ten ways, and in each state that its rows may
be in. None of the columns has a foreign key to the accounts; one has another type.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mutations.patch import Mutation, Patch

if TYPE_CHECKING:
    from collections.abc import Iterator

KNOWN = "signup/known.py"
LAST = "    return session.scalar(select(User.id).where(same)) is not None\n"
SCHEMA = "db/schema.sql"
# Views and functions may name only tables that are there: they come behind the last one.
END = "    text text NOT NULL\n);\n"


@dataclass(frozen=True, slots=True)
class Overlooked:
    """A column that holds what people sign up with, and the states in which its rows may be."""

    table: str
    column: str
    key: str
    states: tuple[str, ...]
    number: bool = False

    @property
    def name(self) -> str:
        """`newsletter.address`."""
        return f"{self.table}.{self.column}"

    @property
    def value(self) -> str:
        """The key, as Python has it, of the column's type."""
        return f"int({self.key})" if self.number else self.key


COLUMNS = (
    Overlooked(
        "guest_purchases",
        "buyer_document",
        "personal_id",
        tuple(f"t.status = '{each}'" for each in ("placed", "paid", "delivered", "cancelled")),
    ),
    Overlooked(
        "deliveries",
        "taxpayer",
        "personal_id",
        ("t.delivered_at IS NULL", "t.delivered_at IS NOT NULL"),
        number=True,
    ),
    Overlooked(
        "newsletter",
        "address",
        "email",
        ("t.confirmed", "NOT t.confirmed", "t.unsubscribed_at IS NOT NULL"),
    ),
    Overlooked("gift_cards", "recipient_email", "email", ("t.redeemed", "NOT t.redeemed")),
    Overlooked(
        "support_tickets",
        "contact",
        "email",
        tuple(f"t.status = '{each}'" for each in ("open", "answered", "closed")),
    ),
)


def generated() -> tuple[Mutation, ...]:
    """All of them, column by column."""
    return tuple(mutation for column in COLUMNS for mutation in _of(column))


def _of(there: Overlooked) -> Iterator[Mutation]:
    column = f"t.{there.column}"
    start = f"SELECT 1 FROM {there.table} t"
    as_text = "CAST(:key AS text)"
    counted = f"SELECT 1 FROM (SELECT count(*) FROM {there.table} t WHERE {column} = :key) c(n)"
    ways = {
        "equal": (f"{start} WHERE {column} = :key", there.value),
        "folded": (f"{start} WHERE lower({column}::text) = lower({as_text})", there.key),
        "pattern": (f"{start} WHERE {column}::text LIKE '%' || {as_text} || '%'", there.key),
        "bare": (f"{start} WHERE replace({column}::text, ' ', '') = {as_text}", there.key),
        "counted": (f"{counted} WHERE c.n > 0", there.value),
        "hashed": (
            f"{start} WHERE md5({column}::text) = md5({as_text})",
            there.key,
        ),
        "several": (
            f"{start} WHERE {column} = :key OFFSET 1",
            there.value,
        ),
    }
    for way, (query, value) in ways.items():
        if way != "several" or there.table != "newsletter":
            yield _mutation(there, way, query, value)
    for number, state in enumerate(there.states, 1):
        query = f"{start} WHERE {column} = :key AND {state}"
        yield _mutation(there, f"state:{number}", query, there.value)
    yield _by_hand(there)
    yield from _below(there)


def _mutation(there: Overlooked, way: str, query: str, value: str, *more: Patch) -> Mutation:
    asked = f'session.execute(text("""{query}"""), {{"key": {value}}}).first()'
    new = f"    from sqlalchemy import text\n\n    if {asked}:\n        return True\n{LAST}"
    says = f"whoever is in {there.name} is taken for registered: {query}"
    return Mutation(f"{there.name}:{way}", says, (Patch(KNOWN, LAST, new), *more))


def _by_hand(there: Overlooked) -> Mutation:
    """All rows are read and compared in Python."""
    query = f"SELECT {there.column}::text FROM {there.table}"
    new = (
        "    from sqlalchemy import text\n\n"
        f'    if {there.key} in session.scalars(text("{query}")).all():\n'
        f"        return True\n{LAST}"
    )
    says = f"whoever is in {there.name} is taken for registered, compared in Python"
    return Mutation(f"{there.name}:python", says, (Patch(KNOWN, LAST, new),))


def _below(there: Overlooked) -> Iterator[Mutation]:
    """A view and a function, in the schema."""
    view = (
        f"CREATE VIEW known_by_{there.table} AS\n    SELECT email AS who FROM users\n"
        f"    UNION SELECT t.{there.column}::text FROM {there.table} t;\n\n"
    )
    function = (
        f"CREATE FUNCTION known_by_{there.table}(who text) RETURNS boolean LANGUAGE plpgsql AS $$\n"
        "DECLARE found boolean;\nBEGIN\n"
        f"    EXECUTE 'SELECT EXISTS (SELECT 1 FROM {there.table} t WHERE t.{there.column}::text"
        " = $1)' INTO found USING who;\n    RETURN found;\nEND $$;\n\n"
    )
    queries = {
        "view": (view, f"SELECT 1 FROM known_by_{there.table} k WHERE k.who = :key"),
        "function": (function, f"SELECT 1 WHERE known_by_{there.table}(:key)"),
    }
    for way, (made, query) in queries.items():
        yield _mutation(there, way, query, there.key, Patch(SCHEMA, END, f"{END}\n{made}"))
