from __future__ import annotations

from pathlib import Path

import pytest

from twiceshy.config.project import Project
from twiceshy.errors import ConfigurationError
from twiceshy.model.schema import Catalogue, Column, QName, Table
from twiceshy.stage.given import GivenRow, given_rows

USERS = Table(
    QName("public", "users"),
    (
        Column("id", "integer", "int4"),
        Column("email", "text", "text"),
        Column("shout", "text", "text", generated=True),
    ),
)


def given(rows) -> dict[QName, GivenRow]:
    """What a project with these rows gives for the table users."""
    project = Project(
        root=Path(), file=Path("twiceshy.toml"), rows=rows, origin={"rows.users.mail": 7}
    )
    return given_rows(project, Catalogue((USERS,)))


def test_values_and_choices() -> None:
    """A value holds for every row, of a list each row takes one; all become text."""
    row = given({"users": {"id": [1, 2], "email": "a@b.c"}})[USERS.name]
    assert row == GivenRow({"email": "a@b.c"}, {"id": ("1", "2")})


def test_true_and_false() -> None:
    """Truth is written as PostgreSQL reads it."""
    assert given({"users": {"email": True}})[USERS.name].fixed == {"email": "true"}


@pytest.mark.parametrize(
    ("rows", "says", "meant"),
    [
        ({"user": {}}, "There is no table user", "Did you mean users?"),
        ({"users": {"mail": "x"}}, "There is no column mail", "Did you mean email?"),
        ({"users": {"shout": "x"}}, "There is no column shout", "Known: id, email."),
    ],
)
def test_unknown_names(rows, says: str, meant: str) -> None:
    """A table or column that is not there, or cannot be set, names the one that was meant."""
    with pytest.raises(ConfigurationError) as caught:
        given(rows)
    assert says in str(caught.value)
    assert meant in str(caught.value)
