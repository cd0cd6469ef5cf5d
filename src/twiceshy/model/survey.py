"""What was learned about service and database before the first scenario."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from twiceshy.model.history import Comparison
    from twiceshy.model.ownership import Ownership
    from twiceshy.model.scenario import RequestTemplate
    from twiceshy.model.schema import Catalogue, QName
    from twiceshy.model.scripts import Script

Row = Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class ActorFacts:
    """An actor and the rows that they are: (table, values).

    `header` are the lines that carry the actor's credentials, with shell variables for secrets.
    """

    name: str
    rows: tuple[tuple[QName, Row], ...] = ()
    header: str = ""


@dataclass(frozen=True, slots=True)
class Slot:
    """A request's slot, and the column whose values it takes."""

    name: str
    table: QName
    column: str


@dataclass(frozen=True, slots=True)
class Likeness:
    """What the data itself says of columns, from the first rows of each table.

    `held` names, for texts that were asked for, the columns that hold them (in any case). `alike`
    are pairs of columns of two tables that hold the same telling values, `kinds` the few values
    that columns without a declared list repeat, `samples` one value of each column of keys or text.
    """

    held: Mapping[str, tuple[tuple[QName, str], ...]] = field(default_factory=dict)
    alike: frozenset[frozenset[tuple[QName, str]]] = frozenset()
    kinds: Mapping[tuple[QName, str], tuple[str, ...]] = field(default_factory=dict)
    samples: Mapping[tuple[QName, str], str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RequestFacts:
    """What one request of the guard does when its first actor sends it on a cold service.

    `problem` says why it cannot be rehearsed at all. `compared` are columns met with constants.
    `named` tells requests that people wrote down from those that a description merely lists.
    """

    template: RequestTemplate
    slots: tuple[Slot, ...] = ()
    reads: frozenset[QName] = frozenset()
    writes: frozenset[QName] = frozenset()
    compared: tuple[Comparison, ...] = ()
    status: int | None = None
    problem: str | None = None
    named: bool = True


@dataclass(frozen=True, slots=True)
class Survey:
    """All of it. `holdings` names, for tables of owned rows and of actors, whose row a key is.

    `login_tables` changed while the actors logged in: emptying those would log them out.
    `scripts` are those to rehearse, with their text. `production` counts the rows that relations
    have in production, by the name that people write. `recorded` is the text of recorded answers,
    None where none were asked for or none are there yet. `storages` are the back ends to try.
    """

    catalogue: Catalogue
    ownership: Ownership
    actors: Mapping[str, ActorFacts] = field(default_factory=dict)
    requests: tuple[RequestFacts, ...] = ()
    holdings: Mapping[QName, Mapping[tuple[str | None, ...], str]] = field(default_factory=dict)
    login_tables: frozenset[QName] = frozenset()
    notes: tuple[str, ...] = ()
    likeness: Likeness = field(default_factory=Likeness)
    scripts: tuple[Script, ...] = ()
    production: Mapping[str, int] = field(default_factory=dict)
    recorded: str | None = None
    storages: tuple[str, ...] = ()
