from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from twiceshy.model.schema import Check, Column, ForeignKey, QName, Table, UniqueKey
from twiceshy.synthesis.identity import Identity
from twiceshy.synthesis.ladder import Wish
from twiceshy.synthesis.proposal import Proposal, Refused, blame, propose, repair

if TYPE_CHECKING:
    from collections.abc import Callable

BEN = Identity("ben.t.1", table=3, row=7)
USERS = QName("public", "users")


def text(name: str, **facts) -> Column:
    """A text column."""
    return Column(name, "text", "text", **facts)


def whole(name: str, **facts) -> Column:
    """An integer column that must be filled."""
    return Column(name, "integer", "int4", not_null=True, **facts)


GOALS = Table(
    QName("public", "goals"),
    (
        whole("id", identity="always"),
        whole("user_id"),
        text("name", not_null=True),
        text("kind", not_null=True),
        whole("low"),
        whole("high"),
        text("doubled", generated=True),
        Column("day", "day", "date", domain="day"),
    ),
    unique_keys=(
        UniqueKey("goals_pkey", ("id",), primary=True),
        UniqueKey("goals_user_id_name_key", ("user_id", "name")),
        UniqueKey("goals_one", ("user_id",), predicate="(kind = 'main'::text)"),
    ),
    foreign_keys=(ForeignKey("goals_user_id_fkey", ("user_id",), USERS, ("id",)),),
    checks=(
        Check("goals_kind_check", ("kind",), "CHECK ((kind = ANY (ARRAY['main', 'side'])))"),
        Check("goals_check", ("low", "high"), "CHECK ((low < high))"),
        Check("day_check", ("day",), "CHECK ((VALUE > '2020-01-01'::date))"),
    ),
)
SAMPLE = {"id": "1", "user_id": "9", "name": "New car", "kind": "main", "low": "1", "high": "5",
          "day": "2024-05-05", "doubled": "x"}  # fmt: skip
WISH = Wish(GOALS, BEN, fixed={"user_id": "2"}, sample=SAMPLE, marked=True)


def settle(proposal: Proposal, judge: Callable[[dict], Refused | None]) -> tuple[Proposal, int]:
    """Play PostgreSQL until a row is accepted: the row, and how many were refused."""
    for attempt in range(200):
        refused = judge(proposal.values)
        if refused is None:
            return proposal, attempt
        following = repair(proposal, refused)
        assert following is not None, (refused, proposal.values)
        assert following.values != proposal.values
        proposal = following
    raise AssertionError


def test_first_row() -> None:
    """Fixed values, a fresh key, a marked name, and copies."""
    proposal = propose(WISH)
    token = BEN.token("name")
    assert proposal.values == {
        "id": "1500300007",
        "user_id": "2",
        "name": f"New {token}",
        "kind": "main",
        "low": "1",
        "high": "5",
        "day": "2024-05-05",
    }
    assert "doubled" not in proposal.values
    assert proposal.marks == {"id": "1500300007", "name": token}


def test_same_wish_same_row() -> None:
    """Nothing is left to chance."""
    assert propose(WISH).values == propose(WISH).values


@pytest.mark.parametrize(
    ("refused", "columns"),
    [
        (Refused("23502", column="name"), ("name",)),
        (Refused("23514", constraint="goals_check"), ("low", "high")),
        (Refused("23514", constraint="day_check"), ("day",)),
        (Refused("23505", constraint="goals_user_id_name_key"), ("user_id", "name")),
        (Refused("23505", constraint="goals_one"), ("user_id", "kind")),
        (
            Refused("23505", constraint="x", detail="Key (lower(name))=(a) already exists."),
            ("name",),
        ),
        (
            Refused("23P01", constraint="x", detail="Key (low, day)=(1, 2) conflicts with"),
            ("low", "day"),
        ),
        (Refused("23503", constraint="goals_user_id_fkey"), ("user_id",)),
        (
            Refused("23514", detail="Partition key of the failing row contains (day) = (x)."),
            ("day",),
        ),
        (Refused("22P02", 'invalid input syntax for type date: "2024-05-05"'), ("day",)),
        (Refused("P0001", 'the value of "high" is not allowed'), ("high",)),
        (Refused("P0001", "no way"), ()),
        (Refused("23514", constraint="unknown"), ()),
    ],
)
def test_blame(refused: Refused, columns: tuple[str, ...]) -> None:
    """A refusal names columns by field, constraint, detail, value or in passing."""
    assert blame(propose(WISH), refused) == columns


def test_null_is_replaced() -> None:
    """A column that must not be NULL goes on to its next candidate."""
    table = Table(QName("public", "t"), (text("day"),))
    proposal = propose(Wish(table, BEN))
    assert proposal.values == {"day": None}
    better = repair(proposal, Refused("23502", column="day"))
    assert better is not None
    assert better.values["day"] is not None


def test_collision_of_a_key() -> None:
    """An id that is taken is replaced by another of our range."""
    better = repair(propose(WISH), Refused("23505", constraint="goals_pkey"))
    assert better is not None
    assert better.values["id"] == "1500310007"


def test_check_list_is_followed() -> None:
    """Without a sample the values of a CHECK list are tried."""

    def judge(row: dict) -> Refused | None:
        ok = row.get("kind") == "side"
        return None if ok else Refused("23514", constraint="goals_kind_check")

    wish = Wish(GOALS, BEN, fixed={"user_id": "2"})
    proposal, attempts = settle(propose(wish), judge)
    assert proposal.values["kind"] == "side"
    assert attempts < 20


def test_two_columns_are_searched_together() -> None:
    """A condition over two columns is met by trying their candidates in combination."""

    def judge(row: dict) -> Refused | None:
        ok = int(row["low"]) < int(row["high"])
        return None if ok else Refused("23514", constraint="goals_check")

    wish = Wish(GOALS, BEN, fixed={"user_id": "2"})
    proposal, _ = settle(propose(wish), judge)
    assert int(proposal.values["low"]) < int(proposal.values["high"])


def test_marks_go_first_where_columns_must_agree() -> None:
    """A total that must equal its parts is restored by dropping every mark at once."""
    numbers = [
        Column(name, "numeric", "numeric", not_null=True) for name in ("net", "vat_sum", "total")
    ]
    table = Table(
        QName("public", "bills"),
        tuple(numbers),
        checks=(Check("sums", ("net", "vat_sum", "total"), "CHECK ((net + vat_sum) = total)"),),
    )
    sample = {"net": "100.00", "vat_sum": "21.00", "total": "121.00"}

    def judge(row: dict) -> Refused | None:
        return None if row == sample else Refused("23514", constraint="sums")

    _, attempts = settle(propose(Wish(table, BEN, sample=sample, marked=True)), judge)
    assert attempts == 1


def test_refusal_without_a_column_drops_marks_once() -> None:
    """A trigger that says nothing useful gets the plain row, then we give up."""
    vague = Refused("P0001", "no way")
    plain = repair(propose(WISH), vague)
    assert plain is not None
    assert plain.values["name"] == "New car"
    assert plain.values["id"] == "1500300007"
    assert repair(plain, vague) is None


def test_two_constraints_on_one_column() -> None:
    """What one constraint forbids is not tried again when another one speaks."""
    seen: list[tuple] = []

    def judge(row: dict) -> Refused | None:
        pair = (row["name"], row["kind"])
        assert pair not in seen
        seen.append(pair)
        if row["kind"] not in {"main", "side"}:
            return Refused("23514", constraint="goals_kind_check")
        if row["kind"] == "main":
            return Refused("23505", constraint="goals_one")
        return None

    proposal, _ = settle(propose(WISH), judge)
    assert proposal.values["kind"] == "side"


def test_nothing_left() -> None:
    """When every candidate was refused there is no further proposal."""
    table = Table(QName("public", "t"), (Column("ok", "boolean", "bool", not_null=True),))
    proposal = propose(Wish(table, BEN))
    refused = Refused("23502", column="ok")
    second = repair(proposal, refused)
    assert second is not None
    assert repair(second, refused) is None


def test_fixed_columns_cannot_be_repaired() -> None:
    """A foreign key that was given is the caller's business."""
    assert repair(propose(WISH), Refused("23503", constraint="goals_user_id_fkey")) is None


def test_type_without_any_value() -> None:
    """A column of an unknown type is left to the database, which says what it thinks of that."""
    table = Table(QName("public", "t"), (Column("g", "geometry", "geometry", not_null=True),))
    proposal = propose(Wish(table, BEN))
    assert "g" not in proposal.values
    assert repair(proposal, Refused("23502", column="g")) is None


def test_refusal_in_words() -> None:
    """Message and detail, each on its line."""
    assert str(Refused("23505", "duplicate key", detail="Key (id)=(1).")) == (
        "duplicate key\nKey (id)=(1)."
    )
    assert str(Refused("23505", "duplicate key")) == "duplicate key"
