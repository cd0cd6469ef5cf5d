"""Holds a ledger against the rows that the system recorded. Pure, and fit for a million keys."""

from __future__ import annotations

from array import array
from collections import Counter
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import TYPE_CHECKING

from twiceshy.model.account import Account, Discrepancy
from twiceshy.model.ledger import Attempt, Intent, Outcome, Retried

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from twiceshy.model.account import Wrong
    from twiceshy.model.ledger import Entry

NAMED = 100
"""Discrepancies of each sort that are named; all of them are counted."""
_DIGEST = 15
"""Bytes that stand for a key: Python takes a quarter less memory for 15 of them than for 16."""
_DIGITS = 12
"""Hexadecimal digits of the number at the end of a key that the load client made."""
_NOBODY = array("q", [-1]) * 1024
_IS_ACKED = Outcome.ACKED
_NONE, _NOT_SENT, _REJECTED, _UNKNOWN, _ACKED = range(5)
_RANK = {
    Outcome.NOT_SENT: _NOT_SENT,
    Outcome.REJECTED: _REJECTED,
    Outcome.UNKNOWN: _UNKNOWN,
    Outcome.ACKED: _ACKED,
}
"""The greater one decides, as `model.ledger.standing` says."""
_OUTCOME = {rank: outcome for outcome, rank in _RANK.items()}
_MANY = 255
"""Rows of one transaction are counted up to here."""


@dataclass(slots=True)
class _Books:
    """One place for each transaction, in arrays: objects would take ten times the memory.

    `by_number` finds it by number (-1: none). Most keys are `head` and then the number, as the load
    client makes them, and tell their place by themselves; `places` finds the others, whose numbers
    are in `others`. `ranks` is what is known so far, `under_way` how many attempts have no outcome,
    `doubted` whether one had an unknown effect.
    """

    head: str | None = None
    places: dict[bytes, int] = field(default_factory=dict)
    others: set[int] = field(default_factory=set)
    by_number: array[int] = field(default_factory=lambda: array("q"))
    amounts: array[int] = field(default_factory=lambda: array("q"))
    ranks: bytearray = field(default_factory=bytearray)
    under_way: bytearray = field(default_factory=bytearray)
    doubted: bytearray = field(default_factory=bytearray)
    rows: bytearray = field(default_factory=bytearray)


@dataclass(slots=True)
class _Rows:
    """What was recorded. `sums` and `odd` hold only what is not one row with the right amount."""

    count: int = 0
    total: int = 0
    sums: dict[int, int] = field(default_factory=dict)
    odd: set[int] = field(default_factory=set)
    strangers: int = 0
    named_strangers: dict[str, list[int]] = field(default_factory=dict)


def reconcile(
    ledger: Iterable[Entry],
    recorded: Iterable[tuple[str, int | None]],
    *,
    pending: Iterable[str] = (),
) -> Account:
    """The account of `ledger`, which is read twice, against keys and amounts in `recorded`.

    `pending` are the keys that the system has taken in and not processed: what waits there is
    undrained and not lost. A key is compared as text; the caller sees to it that both sides write
    it alike. A recorded amount of None is not told, and taken for the one intended.
    """
    books = _read(ledger)
    rows = _enter(books, recorded)
    waiting = {_find(books, key) for key in pending}
    wrong = list(_wrong(books, rows, waiting))
    counts: Counter[Wrong] = Counter(kind for _, kind in wrong)
    counts["unexpected"] += rows.strangers
    known = dict.fromkeys(Outcome, 0)
    known.update({_OUTCOME[rank]: number for rank, number in Counter(books.ranks).items()})
    acked, least, greatest = _bounds(books)
    found = Counter(zip(books.ranks, map(bool, books.rows), books.doubted, strict=True))
    return Account(
        transactions=known,
        rows=rows.count,
        recovered=sum(found[_UNKNOWN, True, doubted] for doubted in (0, 1)),
        retried_onto=found[_ACKED, True, 1],
        acked_sum=acked,
        recorded_sum=rows.total,
        least_sum=least,
        greatest_sum=greatest,
        counts={kind: number for kind, number in counts.items() if number},
        discrepancies=(*_named(ledger, books, rows, wrong), *_strangers(rows)),
    )


def _digest(key: str) -> bytes:
    """A key in a few bytes, so that a million of them fit."""
    name = key.encode()
    return name if len(name) <= _DIGEST else blake2b(name, digest_size=_DIGEST).digest()


def _find(books: _Books, key: str) -> int:
    """The place of a key, -1 when nobody intended it."""
    if key[:-_DIGITS] == books.head:
        try:
            number = int(key[-_DIGITS:], 16)
        except ValueError:
            number = -1
        known = 0 <= number < len(books.by_number) and number not in books.others
        place = books.by_number[number] if known else -1
        if place >= 0 and key[-_DIGITS:] == f"{number:012x}":
            return place
    return books.places.get(_digest(key), -1) if books.places else -1


def _read(ledger: Iterable[Entry]) -> _Books:
    books = _Books()
    by_number, ranks, under_way = books.by_number, books.ranks, books.under_way
    for entry in ledger:
        if isinstance(entry, Attempt):
            place = by_number[entry.number]
            under_way[place] -= 1
            if entry.outcome is _IS_ACKED:
                ranks[place] = _ACKED
                continue
            rank = _RANK[entry.outcome]
            if rank == _UNKNOWN:
                books.doubted[place] = 1
            ranks[place] = max(rank, ranks[place])
        elif isinstance(entry, Intent):
            _open(books, entry)
        elif isinstance(entry, Retried):
            under_way[by_number[entry.number]] += 1
    _doubt(books)
    return books


def _doubt(books: _Books) -> None:
    """What was killed before its outcome may have been sent."""
    for place, waits in enumerate(books.under_way):
        if waits:
            books.ranks[place] = max(_UNKNOWN, books.ranks[place])


def _open(books: _Books, intent: Intent) -> None:
    number, key, amount, _ = intent
    place = len(books.ranks)
    if number >= len(books.by_number):
        missing = number + 1 - len(books.by_number)
        books.by_number.extend(_NOBODY * -(-missing // len(_NOBODY)))
    books.by_number[number] = place
    if books.head is None:
        books.head = key[:-_DIGITS]
    if key[:-_DIGITS] != books.head or key[-_DIGITS:] != f"{number:012x}":
        books.places[_digest(key)] = place
        books.others.add(number)
    books.amounts.append(amount)
    books.ranks.append(_NONE)
    books.under_way.append(1)
    books.doubted.append(0)
    books.rows.append(0)


def _enter(books: _Books, recorded: Iterable[tuple[str, int | None]]) -> _Rows:
    rows = _Rows()
    amounts, found = books.amounts, books.rows
    for key, told in recorded:
        rows.count += 1
        place = _find(books, key)
        amount = told if told is not None else amounts[place] if place >= 0 else 0
        rows.total += amount
        if place < 0:
            _stranger(rows, key, amount)
            continue
        intended = amounts[place]
        if found[place]:
            rows.sums[place] = rows.sums.get(place, intended) + amount
        elif amount != intended:
            rows.sums[place] = amount
        if amount != intended:
            rows.odd.add(place)
        found[place] = min(found[place] + 1, _MANY)
    return rows


def _stranger(rows: _Rows, key: str, amount: int) -> None:
    rows.strangers += 1
    if key in rows.named_strangers or len(rows.named_strangers) < NAMED:
        rows.named_strangers.setdefault(key, []).append(amount)


def _wrong(books: _Books, rows: _Rows, waiting: set[int]) -> Iterator[tuple[int, Wrong]]:
    """Every discrepancy of a transaction that was intended; one may have two."""
    for place, (rank, found) in enumerate(zip(books.ranks, books.rows, strict=True)):
        if rank == _ACKED and not found:
            yield place, "undrained" if place in waiting else "lost"
        elif rank < _UNKNOWN and found:
            yield place, "unexpected"
        if found > 1:
            yield place, "duplicated"
    for place in sorted(rows.odd):
        yield place, "wrong amount"


def _bounds(books: _Books) -> tuple[int, int, int]:
    """The acknowledged sum, and the least and the greatest that may have been recorded.

    What is unknown may count or not; a negative amount, a refund, lowers the sum when it does.
    """
    acked = least = greatest = 0
    for rank, amount in zip(books.ranks, books.amounts, strict=True):
        if rank == _ACKED:
            acked += amount
        elif rank == _UNKNOWN and amount < 0:
            least += amount
        elif rank == _UNKNOWN:
            greatest += amount
    return acked, acked + least, acked + greatest


def _named(
    ledger: Iterable[Entry], books: _Books, rows: _Rows, wrong: list[tuple[int, Wrong]]
) -> Iterator[Discrepancy]:
    """Some of each sort, by name. The books hold no keys, so the ledger is asked once more."""
    kinds: dict[int, list[Wrong]] = {}
    named: Counter[Wrong] = Counter()
    for place, kind in wrong:
        named[kind] += 1
        if named[kind] <= NAMED:
            kinds.setdefault(place, []).append(kind)
    if not kinds:
        return
    intents = (entry for entry in ledger if isinstance(entry, Intent))
    for place, intent in enumerate(intents):
        for kind in kinds.get(place, ()):
            found = books.rows[place]
            recorded = rows.sums.get(place, intent.amount if found else 0)
            known = _OUTCOME[books.ranks[place]]
            yield Discrepancy(kind, intent.key, known, intent.amount, recorded, found)


def _strangers(rows: _Rows) -> Iterator[Discrepancy]:
    for key, amounts in rows.named_strangers.items():
        yield Discrepancy("unexpected", key, None, None, sum(amounts), len(amounts))
