"""Who waits behind the script: one look at all locks, and what many looks add up to."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from twiceshy.model.scripts import Blocker, Held

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    Namer = Callable[[int], str | None]

# From weak to strong, as in the manual's table of conflicts.
MODES = (
    "AccessShareLock",
    "RowShareLock",
    "RowExclusiveLock",
    "ShareUpdateExclusiveLock",
    "ShareLock",
    "ShareRowExclusiveLock",
    "ExclusiveLock",
    "AccessExclusiveLock",
)


@dataclass(frozen=True, slots=True)
class Waiter:
    """One session that waits, for a relation or (None) for somebody's end, and behind whom."""

    relation: int | None
    mode: str
    row: bool
    blockers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Look:
    """All that one look showed: locks of the script by relation, and everybody who waits."""

    held: Mapping[int, str]
    asked: Mapping[int, str]
    waiters: Mapping[int, Waiter]
    script_waits: bool

    @classmethod
    def of(cls, rows: Iterable[tuple[Any, ...]], script: frozenset[int]) -> Look:
        """From the rows of the query `script_waits`."""
        held: dict[int, str] = {}
        asked: dict[int, str] = {}
        waiters: dict[int, Waiter] = {}
        for pid, locktype, relation, mode, granted, blockers in rows:
            if not granted:
                row = locktype in {"transactionid", "tuple"}
                waiters[pid] = Waiter(relation, mode, row, tuple(blockers or ()))
            if pid in script and locktype == "relation":
                into = held if granted else asked
                into[relation] = max(mode, into.get(relation, MODES[0]), key=MODES.index)
        return cls(held, asked, waiters, any(pid in script for pid in waiters))

    def behind(self, pid: int, script: frozenset[int]) -> bool:
        """Whether a session waits for the script, directly or behind others who do."""
        seen: set[int] = set()
        front = [pid]
        while front:
            waiter = self.waiters.get(front.pop())
            for blocker in waiter.blockers if waiter else ():
                if blocker in script:
                    return True
                if blocker not in seen:
                    seen.add(blocker)
                    front.append(blocker)
        return False


@dataclass(slots=True)
class Waited:
    """What the looks say about one query while it is on its way."""

    behind: Counter[tuple[bool, int]] = field(default_factory=Counter)
    relation: int | None = None
    mode: str = ""
    row: bool = False

    def note(self, look: Look, waiter: Waiter, statement: int) -> None:
        """It was seen to wait for the script."""
        self.behind[look.script_waits, statement] += 1
        self.row = self.row or waiter.row
        if waiter.relation is not None:
            self.relation = waiter.relation
            self.mode = look.asked.get(waiter.relation) or look.held.get(waiter.relation, "")

    def blocker(self, name: Namer) -> Blocker:
        """Whom it waited behind most of the time, and the script's lock on that relation."""
        (queued, statement), _ = self.behind.most_common(1)[0]
        named = name(self.relation) if self.relation is not None else None
        return Blocker("the queue" if queued else "the script", statement, named or "", self.mode)


class Holds:
    """When each lock of the script was first and last seen."""

    def __init__(self) -> None:
        self._spans: dict[tuple[int, str], list[float]] = {}
        self._asked: dict[int, float] = {}
        self._open: set[tuple[int, str]] = set()
        self._done: list[tuple[int, str, float, float, float]] = []

    def note(self, look: Look, at: float) -> None:
        """One more look, so many seconds after the beginning."""
        for relation in look.asked:
            self._asked.setdefault(relation, at)
        now = set(look.held.items())
        for key in now - self._open:
            self._spans[key] = [at, at, max(0.0, at - self._asked.pop(key[0], at))]
        for key in now & self._open:
            self._spans[key][1] = at
        for key in self._open - now:
            self._close(key, at)
        self._open = now

    def _close(self, key: tuple[int, str], at: float) -> None:
        began, _, waited = self._spans.pop(key)
        self._done.append((*key, began, at, waited))

    def all(self, name: Namer, at: float) -> tuple[Held, ...]:
        """What was held on relations that were there before, in the order of time."""
        for key in list(self._spans):
            self._close(key, at)
        self._open = set()
        found = []
        for relation, mode, began, ended, waited in sorted(self._done, key=lambda span: span[2]):
            known = name(relation)
            if known is not None:
                found.append(Held(known, mode, began, ended, waited))
        return tuple(found)
