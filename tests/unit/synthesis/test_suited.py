from __future__ import annotations

import ipaddress

import pytest

from twiceshy.model.schema import Column
from twiceshy.synthesis.identity import Identity
from twiceshy.synthesis.remarks import remarks
from twiceshy.synthesis.suited import candidates, suited

BEN = Identity("ben.t.1", table=3, row=7)


def values(kind: str, *definitions: str, attempt: int = 0) -> list[str]:
    """What suits a column of that type under these CHECKs."""
    found = tuple(remark for text in definitions for remark in remarks(text, ("c",)))
    return list(suited(Column("c", kind, kind), found, BEN, attempt))


@pytest.mark.parametrize(
    ("kind", "definitions", "wanted"),
    [
        ("int4", ("CHECK (c > 100)", "CHECK (c < 104)"), "102"),
        ("numeric", ("CHECK (c > 12.34)", "CHECK (c < 12.36)"), "12.35"),
        ("int4", ("CHECK (c % 7 = 3)",), "52"),
        ("int4", ("CHECK (mod(c, 7) <> 0)",), "50"),
        ("int4", ("CHECK (abs(c) > 5)",), "-6"),
        ("date", ("CHECK (EXTRACT(dow FROM c) = 3)",), "2024-01-03"),
        ("date", ("CHECK (EXTRACT(year FROM c) = 1999)",), "1999-06-15 00:00:00+00"),
        ("timestamptz", ("CHECK (date_part('hour', c) >= 9)",), "2024-01-01 09:00:00+00"),
        (
            "date",
            ("CHECK (EXTRACT(month FROM c) = 2)", "CHECK (EXTRACT(day FROM c) = 29)"),
            "2024-02-29 00:00:00+00",
        ),
        ("bytea", ("CHECK (octet_length(c) = 3)",), "\\x076161"),
        ("interval", ("CHECK (c > '3 days')",), "3 days 1 second"),
        ("macaddr", ("CHECK (c > '08:00:2b:00:00:00')",), "08:00:2b:00:00:07"),
        ("jsonb", ("CHECK (c ? 'a')",), '{"a": "x"}'),
        ("text", ("CHECK (c ~ '^ab$')",), "ab"),
    ],
)
def test_values_for_conditions(kind: str, definitions: tuple[str, ...], wanted: str) -> None:
    """Between two constants, of a remainder, on a day, of a length, in a network."""
    assert wanted in values(kind, *definitions)


def test_days_that_are_not() -> None:
    """The thirtieth of February is left out, the rest is tried."""
    definitions = ("CHECK (EXTRACT(month FROM c) = 2)", "CHECK (EXTRACT(day FROM c) = 30)")
    assert "2024-01-01 00:00:00+00" in values("date", *definitions)


def test_addresses_lie_in_the_networks_that_are_named() -> None:
    """Each row has its own, with the mask that is asked for."""
    first = {values("inet", "CHECK (c << '10.0.0.0/8')", attempt=n)[0] for n in range(4)}
    assert len(first) == 4
    inside = ipaddress.ip_network("10.0.0.0/8")
    assert all(ipaddress.ip_interface(text).ip in inside for text in first)
    cidr = values("cidr", "CHECK (c <<= '10.0.0.0/8')", "CHECK (masklen(c) = 24)")[0]
    assert ipaddress.ip_network(cidr).prefixlen == 24


def test_nothing_without_remarks() -> None:
    """The type alone is no reason."""
    assert [values(kind) for kind in ("int4", "date", "inet", "bytea", "text")] == [[]] * 5


def test_parts_heed_the_checks_of_their_domains() -> None:
    """And go on with what is fresh and what is typical, as far as it fits."""
    part = Column("v", "int4", "int4", checks=("CHECK (VALUE > 40)", "CHECK (VALUE < 43)"))
    found = candidates(part, (), BEN)
    assert found[:2] == ("41", "42")
    assert "7" in found
    small = Column("v", "int2", "int2", checks=("CHECK (VALUE <> 99999)",))
    assert "99999" not in candidates(small, (), BEN)


def test_there_is_an_end() -> None:
    """However much is said about a column."""
    listed = ", ".join(f"'{n}'" for n in range(500))
    assert len(values("int4", f"CHECK (c = ANY (ARRAY[{listed}]))")) <= 40
