from __future__ import annotations

from dataclasses import replace

import pytest

from twiceshy.model.ownership import Edge, Ownership
from twiceshy.model.schema import Catalogue, Column, ForeignKey, QName, Table, UniqueKey


def q(name: str) -> QName:
    """A relation of the schema public."""
    return QName("public", name)


def table(name: str, *keys: str, unique: tuple[str, ...] = (), nullable: tuple[str, ...] = ()):
    """A table with an id; each key is `column>parent`."""
    pairs = [key.split(">") for key in keys]
    columns = [Column("id", "integer", "int4", not_null=True)]
    columns += [Column(c, "integer", "int4", not_null=c not in nullable) for c, _ in pairs]
    return Table(
        q(name),
        tuple(columns),
        unique_keys=(
            UniqueKey(f"{name}_pkey", ("id",), primary=True),
            *(UniqueKey(f"{name}_{c}_key", (c,)) for c in unique),
        ),
        foreign_keys=tuple(
            ForeignKey(f"{name}_{c}_fkey", (c,), q(parent), ("id",)) for c, parent in pairs
        ),
    )


def ownership(*tables: Table, actors: tuple[str, ...] = ("users",), implicit=()) -> Ownership:
    """Ownership over these tables, as a catalogue would list them."""
    catalogue = Catalogue(tuple(sorted(tables, key=lambda item: item.name)))
    return Ownership(catalogue, tuple(q(name) for name in actors), implicit)


def shown(ways) -> list[str]:
    """Each path as people read it."""
    return [" then ".join(str(edge) for edge in way) for way in ways]


SHOP = (
    table("users", "manager_id>users"),
    table("goals", "user_id>users"),
    table("deposits", "user_id>users", nullable=("user_id",)),
    table("assignments", "deposit_id>deposits", "goal_id>goals"),
    table("transfers", "from_id>users", "to_id>users"),
    table("profiles", "user_id>users", unique=("user_id",)),
    table("avatars", "profile_id>profiles", unique=("profile_id",)),
    table("countries"),
)


def test_owned_tables() -> None:
    """Tables that lead to an actor are owned; look-up tables and the actor's own are not."""
    owned = [str(name) for name in ownership(*SHOP).owned_tables]
    assert owned == ["assignments", "avatars", "deposits", "goals", "profiles", "transfers"]


def test_paths_through_a_parent() -> None:
    """A row belongs to everybody that equally short paths reach."""
    assert shown(ownership(*SHOP).paths(q("assignments"))) == [
        "assignments.deposit_id → deposits.id then deposits.user_id → users.id",
        "assignments.goal_id → goals.id then goals.user_id → users.id",
    ]


def test_two_keys_to_the_same_actor() -> None:
    """A transfer belongs to payer and payee."""
    ways = ownership(*SHOP).paths(q("transfers"))
    assert shown(ways) == ["transfers.from_id → users.id", "transfers.to_id → users.id"]


def test_self_reference_makes_nobody_an_owner() -> None:
    """A user's manager does not own the user."""
    owners = ownership(*SHOP)
    assert owners.paths(q("users")) == ()
    assert owners.all_paths(q("users")) == ()


def test_only_the_shortest_way_counts() -> None:
    """A comment belongs to its author, in the wide sense to the post's owner as well."""
    owners = ownership(
        table("users"),
        table("posts", "user_id>users"),
        table("comments", "post_id>posts", "author_id>users", "parent_id>comments"),
    )
    assert shown(owners.paths(q("comments"))) == ["comments.author_id → users.id"]
    assert shown(owners.all_paths(q("comments"))) == [
        "comments.author_id → users.id",
        "comments.post_id → posts.id then posts.user_id → users.id",
    ]


def test_nullable_and_unique_keys_are_marked() -> None:
    """An edge says whether a row may point at nothing, and whether only one may point."""
    owners = ownership(*SHOP)
    assert [edge.nullable for edge in owners.paths(q("deposits"))[0]] == [True]
    assert [edge.one_to_one for edge in owners.paths(q("profiles"))[0]] == [True]
    assert owners.one_to_one == {q("profiles"), q("avatars")}


def test_relations() -> None:
    """What only relates a person to something is a relation; what holds more is a thing."""
    role = (Column("role", "text", "text"), Column("at", "timestamptz", "timestamptz"))
    members = table("members", "user_id>users", "team_id>teams")
    once = UniqueKey("once", ("user_id", "team_id"))
    wide = replace(members, name=q("wide"), columns=(*members.columns, *role))
    owners = ownership(
        table("users"),
        table("teams"),
        replace(members, columns=(*members.columns, role[1])),
        wide,
        replace(wide, name=q("once"), unique_keys=(*wide.unique_keys, once)),
        table("notes", "user_id>users"),
        table("note_tags", "note_id>notes", "tag_id>tags"),
        table("tags"),
    )
    assert owners.relations == {q("members"), q("once")}


def test_implicit_edges() -> None:
    """An edge given by hand counts like a foreign key, and takes its facts from the catalogue."""
    orders = Table(q("orders"), (Column("buyer", "integer", "int4"),))
    edge = Edge(q("orders"), ("buyer",), q("users"), ("id",))
    owners = ownership(table("users"), orders, implicit=(edge,))
    assert owners.paths(q("orders"))[0][0].nullable
    assert owners.owned_tables == (q("orders"),)


def test_implicit_edge_that_a_key_gives_already() -> None:
    """Naming an edge that a foreign key has adds no second path."""
    edge = Edge(q("goals"), ("user_id",), q("users"), ("id",))
    assert len(ownership(*SHOP, implicit=(edge,)).paths(q("goals"))) == 1


def test_several_actor_tables() -> None:
    """The shortest path to each actor's table counts; one of them can be asked for."""
    owners = ownership(
        table("users"),
        table("customers", "user_id>users"),
        table("orders", "customer_id>customers"),
        actors=("users", "customers"),
    )
    assert sorted(map(len, owners.paths(q("orders")))) == [1, 2]
    assert shown(owners.paths(q("orders"), q("customers"))) == ["orders.customer_id → customers.id"]
    assert owners.owned_tables == (q("customers"), q("orders"))


def test_circle_through_the_actor() -> None:
    """A user's default account does not own the user; accounts belong to users."""
    owners = ownership(
        table("users", "account_id>accounts"),
        table("accounts", "user_id>users"),
        table("bookings", "account_id>accounts"),
    )
    assert [str(name) for name in owners.owned_tables] == ["accounts", "bookings"]
    assert len(owners.paths(q("bookings"))) == 1
    assert set(owners.insertion_order([q("users"), q("accounts")])) == {q("users"), q("accounts")}


def test_circle_of_owned_tables() -> None:
    """A note's latest file belongs to the note: the note comes first, its file may be missing."""
    owners = ownership(
        table("users"),
        table("files", "note_id>notes"),
        table("notes", "user_id>users", "latest_id>files", nullable=("latest_id",)),
    )
    assert [str(edge) for edge in owners.looping] == ["notes.latest_id → files.id"]
    assert owners.insertion_order([q("files"), q("notes")]) == (q("notes"), q("files"))


def test_orders() -> None:
    """Parents are inserted first and children deleted first, also over tables not asked for."""
    owners = ownership(*SHOP)
    names = [q(name) for name in ("assignments", "users", "goals", "avatars")]
    order = [str(name) for name in owners.insertion_order(names)]
    assert order.index("users") < order.index("goals") < order.index("assignments")
    assert order.index("users") < order.index("avatars")
    assert [str(name) for name in owners.deletion_order(names)] == order[::-1]


def test_descendants_come_children_first() -> None:
    """All that hangs on a table, each before what it points at."""
    found = [str(name) for name in ownership(*SHOP).descendants(q("users"))]
    assert set(found) == {str(item.name) for item in SHOP} - {"users", "countries"}
    assert found.index("avatars") < found.index("profiles")
    assert found.index("assignments") < found.index("deposits")


def test_owner_condition_nests_along_the_path() -> None:
    """The SQL follows each path and ends in the actor's row."""
    owners = ownership(*SHOP)
    assert owners.owner_condition(q("deposits"), q("users"), "users.id = 1") == (
        '"user_id" IN (SELECT "id" FROM "public"."users" WHERE users.id = 1)'
    )
    assert owners.owner_condition(q("transfers"), q("users"), "users.id = 1") == (
        '"from_id" IN (SELECT "id" FROM "public"."users" WHERE users.id = 1) OR '
        '"to_id" IN (SELECT "id" FROM "public"."users" WHERE users.id = 1)'
    )


@pytest.mark.parametrize(("name", "expected"), [("users", "users.id = 1"), ("countries", "false")])
def test_owner_condition_of_actor_and_of_nobody(name: str, expected: str) -> None:
    """The actor's own row is selected as given; what belongs to nobody is never selected."""
    assert ownership(*SHOP).owner_condition(q(name), q("users"), "users.id = 1") == expected


def test_wide_owner_condition() -> None:
    """In the wide sense rows below the actor's rows count, whoever wrote them."""
    owners = ownership(
        table("users"),
        table("posts", "user_id>users"),
        table("comments", "post_id>posts", "author_id>users"),
    )
    narrow = owners.owner_condition(q("comments"), q("users"), "id = 1")
    wide = owners.owner_condition(q("comments"), q("users"), "id = 1", wide=True)
    assert '"posts"' not in narrow
    assert '"posts"' in wide


def test_composite_keys_and_odd_names() -> None:
    """Composite keys are compared as rows; every name is quoted."""
    tenant = Column("Tenant", "integer", "int4", not_null=True)
    number = Column('no"1', "integer", "int4", not_null=True)
    users = Table(q("users"), (tenant, number))
    key = ForeignKey("k", ("Tenant", 'no"1'), q("users"), ("Tenant", 'no"1'))
    notes = Table(QName("Odd", "Notes"), (tenant, number), foreign_keys=(key,))
    owners = ownership(users, notes)
    assert owners.owner_condition(notes.name, q("users"), "true") == (
        '("Tenant", "no""1") IN (SELECT "Tenant", "no""1" FROM "public"."users" WHERE true)'
    )
    assert str(owners.edges[0]) == 'Odd.Notes.(Tenant, no"1) → users.(Tenant, no"1)'
