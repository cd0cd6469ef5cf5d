"""Rows that only tie others together, and what goes with them."""

from __future__ import annotations

from dataclasses import replace

from twiceshy.guards.isolation.linked import goes_with_a_link
from twiceshy.model.history import PlantedRow
from twiceshy.model.ownership import Ownership
from twiceshy.model.schema import Catalogue, Column, ForeignKey, QName, Table, UniqueKey

USERS, NOTES, TAGS, NOTE_TAGS = (
    QName("public", name) for name in ("users", "notes", "tags", "note_tags")
)


def _table(name: QName, *parents: QName) -> Table:
    keys = {f"{parent.name[:-1]}_id": parent for parent in parents}
    return Table(
        name,
        tuple(Column(column, "bigint", "int8") for column in ("id", *keys)),
        (UniqueKey("pk", ("id",), primary=True),),
        foreign_keys=tuple(
            ForeignKey(column, (column,), parent, ("id",)) for column, parent in keys.items()
        ),
    )


NOTE_TAGS_TABLE = _table(NOTE_TAGS, NOTES, TAGS)
OWNERSHIP = Ownership(
    Catalogue((_table(USERS), _table(NOTES, USERS), _table(TAGS, USERS), NOTE_TAGS_TABLE)),
    (USERS,),
)
NOTE = PlantedRow("ana.notes.1", NOTES, "ana", {"id": "1"}, {"id": "1"})
TAG = PlantedRow("ana.tags.1", TAGS, "ana", {"id": "2"}, {"id": "2"})
LINK = PlantedRow("ana.note_tags.1", NOTE_TAGS, "ana", {"note_id": "1", "tag_id": "2"})
ALL = (NOTE, TAG, LINK)


def test_a_tag_goes_with_the_link_while_the_note_is_shown() -> None:
    """Without the link, the note's page has no tag; that is what the link is for."""
    assert goes_with_a_link(OWNERSHIP, "note_tags", TAG, ALL, (NOTE, TAG), lambda row: row == NOTE)


def test_a_note_and_its_tag_must_not_both_go_with_the_link() -> None:
    """A join that swallows notes without tags is a failure."""
    assert not goes_with_a_link(OWNERSHIP, "note_tags", NOTE, ALL, (NOTE, TAG), lambda _: False)


def test_a_tag_goes_with_the_note_that_it_was_tied_to() -> None:
    """Without the note there is no link either, and a cloud of used tags has nothing to show."""
    assert goes_with_a_link(OWNERSHIP, "notes", TAG, ALL, (TAG,), lambda _: False)


def test_what_was_tied_to_nothing_goes_with_nothing() -> None:
    """A tag that no note has does not depend on notes."""
    assert not goes_with_a_link(OWNERSHIP, "notes", TAG, (NOTE, TAG), (TAG,), lambda _: False)


def test_a_row_with_something_of_its_own_is_no_mere_link() -> None:
    """An amount that was invested in a goal is a thing: a goal without one must stay in sight."""
    columns = (*NOTE_TAGS_TABLE.columns, Column("amount", "numeric", "numeric"))
    invested = replace(NOTE_TAGS_TABLE, columns=columns)
    tables = [t for t in OWNERSHIP.catalogue.tables if t.name != NOTE_TAGS]
    ownership = Ownership(Catalogue((*tables, invested)), (USERS,))
    kept = (NOTE, TAG)
    assert not goes_with_a_link(ownership, "note_tags", TAG, ALL, kept, lambda row: row == NOTE)
