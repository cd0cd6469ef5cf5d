"""Values like no other give away which columns they meet."""

from __future__ import annotations

from twiceshy.model.history import Comparison, Observation, Reply, Statement
from twiceshy.model.scenario import RequestTemplate, Step
from twiceshy.model.schema import Catalogue, Column, QName, Table, UniqueKey
from twiceshy.rehearsal.telltale import Telltale, telltales

NOTES = QName("public", "notes")
CATALOGUE = Catalogue(
    (
        Table(
            NOTES,
            (Column("id", "bigint", "int8"), Column("page", "bigint", "int8")),
            (UniqueKey("pk", ("id",), primary=True),),
        ),
    )
)


def _seen(*compared: tuple[str, str, str]) -> Observation:
    """An observation whose statements compared columns of notes: (column, operator, value)."""
    template = RequestTemplate("GET", "/x")
    statements = tuple(
        Statement("SELECT", comparisons=(Comparison(NOTES, column, operator, value),))
        for column, operator, value in compared
    )
    return Observation(Step("ana", template), template.fill({}), Reply(404), statements)


def test_each_slot_has_a_value_of_its_own_of_several_kinds() -> None:
    """A number first, then a UUID, then text."""
    kinds = telltales(["note", "page"])
    assert len(kinds) == 3
    assert all(len(set(kind.values.values())) == 2 for kind in kinds)
    assert int(kinds[0].values["note"]) < 2**31


def test_a_value_that_is_met_tells_the_column() -> None:
    """Equality counts, and a column that tells rows apart comes before others."""
    telltale = Telltale({"note": "2071400001"})
    seen = _seen(("page", "=", "2071400001"), ("id", "=", "2071400001"))
    ((slot),) = telltale.met(seen, CATALOGUE)
    assert (slot.name, slot.table, slot.column) == ("note", NOTES, "id")


def test_what_is_not_met_stays_unknown() -> None:
    """Another value, or another way to compare, tells nothing."""
    telltale = Telltale({"note": "2071400001"})
    assert telltale.met(_seen(("id", "<", "2071400001"), ("id", "=", "7")), CATALOGUE) == ()
