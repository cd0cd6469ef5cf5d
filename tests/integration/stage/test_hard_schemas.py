"""Random hard schemas: nearly every table is filled, and every row stands with all constraints."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, given, note, settings

from integration.stage.hard_schemas import KINDS, hard_schemas
from twiceshy.errors import RowRefused
from twiceshy.model.scenario import Plant
from twiceshy.postgres.catalogue import read_catalogue
from twiceshy.stage.planter import Planter

LEAST_SHARE = 0.99


@dataclass
class Tally:
    """How many tables were to be filled, and why some were not."""

    tables: int = 0
    refusals: list[str] = field(default_factory=list)

    @property
    def share(self) -> float:
        """The part of all tables that hold two rows."""
        return 1 - len(self.refusals) / max(1, self.tables)

    def __str__(self) -> str:
        return (
            f"{self.tables - len(self.refusals)} of {self.tables} tables filled: {self.share:.4f}"
        )


def fill(conn, sql: str, tally: Tally) -> None:
    """Two rows for each table, brought about for real, with every constraint in force."""
    conn.execute(f"DROP SCHEMA public CASCADE; CREATE SCHEMA public; {sql}")
    catalogue = read_catalogue(conn)
    planter = Planter(conn, catalogue)
    plants: list[Plant] = []
    with planter.in_one_go() as resolve:
        for table in catalogue.tables:
            tally.tables += 1
            wanted = [Plant(f"{table.name}.{turn}", table.name, "ana") for turn in (1, 2)]
            try:
                for place, plant in enumerate(wanted):
                    resolve((*plants, *wanted[:place]), plant)
            except RowRefused as refused:
                tally.refusals.append(f"{refused}\n{sql}")
            else:
                plants += wanted
    conn.execute(f"BEGIN; {planter.sql_for(plants)}; COMMIT")
    for plant in plants:
        count = conn.execute(f"SELECT count(*) FROM {plant.table.name}").fetchone()[0]
        assert count >= 2


def filled(conn, examples: int) -> Tally:
    """The tally over so many random schemas."""
    tally = Tally()

    @given(sql=hard_schemas())
    @settings(
        max_examples=examples,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    def run(sql: str) -> None:
        note(sql)
        fill(conn, sql, tally)

    run()
    print(tally)
    return tally


def test_nearly_every_table_is_filled(scratch) -> None:
    """Of 200 random schemas at least 99 % of the tables get rows, in words where they do not."""
    tally = filled(scratch.database(KINDS), 200)
    assert tally.share >= LEAST_SHARE, "\n\n".join([str(tally), *tally.refusals[:5]])


def test_on_each_server(each_server) -> None:
    """The catalogue reads as well, and refusals say as much, on older servers; ten schemas each."""
    tally = filled(each_server.database(KINDS), 10)
    assert tally.share >= LEAST_SHARE, "\n\n".join([str(tally), *tally.refusals[:5]])


@pytest.mark.soak
def test_nearly_every_table_is_filled_for_long(scratch) -> None:
    """The same over 5,000 random schemas."""
    tally = filled(scratch.database(KINDS), 5_000)
    assert tally.share >= LEAST_SHARE, "\n\n".join([str(tally), *tally.refusals[:20]])
