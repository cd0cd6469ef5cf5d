"""The account of a ledger after its run, with the rows kept beside it or with others."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import psycopg

from twiceshy.errors import CannotTell, UsageError
from twiceshy.guards.conservation.account import reconcile
from twiceshy.model.ledger import Attempt, Intent
from twiceshy.model.reckoning import Reckoning
from twiceshy.model.strain import Trail, written
from twiceshy.postgres.connect import connect_to_read
from twiceshy.rehearsal.ledgers import BEFORE, RECORDED, described, kept_rows, without
from twiceshy.rehearsal.questions import Question
from twiceshy.traffic.load.ledger import Ledger
from twiceshy.traffic.load.ledger_format import SUFFIX
from twiceshy.traffic.load.measure import measure

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from twiceshy.model.account import Account
    from twiceshy.model.ledger import Entry
    from twiceshy.model.scenario import Scenario
    from twiceshy.model.strain import Strain, StrainRun
    from twiceshy.rehearsal.questions import Row

# For a query over all of somebody's rows, in the schemas that they are used to.
_PATIENT = "RESET search_path; SET statement_timeout = '10min'"


def about(scenario: Scenario, strain: Strain, version: str) -> dict[str, Any]:
    """What is kept beside a ledger."""
    return {
        "topic": scenario.topic,
        "role": scenario.role,
        "version": version,
        "began": datetime.now(UTC).isoformat(timespec="seconds"),
        "request": str(strain.request),
        "recorded": strain.recorded,
        "drained": strain.drained,
        "seed": strain.seed,
        "at_cap": strain.at_cap,
        "faults": [{"written": written(one), **asdict(one)} for one in strain.faults],
    }


def became(run: StrainRun) -> dict[str, Any]:
    """What is kept beside a ledger once all is over, with the faults as they were seen."""
    return {
        "problem": run.problem,
        "drained": run.drained,
        "drain_seconds": run.drain_seconds,
        "phases": [asdict(phase) for phase in run.phases],
        "faults": [{"written": written(one.fault), **asdict(one)} for one in run.faults],
    }


def trails_of(ledger: Iterable[Entry], account: Account) -> tuple[Trail, ...]:
    """Every attempt of each transaction that the account names as wrong; the ledger is read once.

    Rows that nobody intended have none.
    """
    wanted = {wrong.key for wrong in account.discrepancies if wrong.known is not None}
    if not wanted:
        return ()
    keys: dict[int, str] = {}
    attempts: dict[int, list[Attempt]] = {}
    for entry in ledger:
        if isinstance(entry, Intent):
            if entry.key in wanted:
                keys[entry.number] = entry.key
                attempts[entry.number] = []
        elif isinstance(entry, Attempt) and entry.number in attempts:
            attempts[entry.number].append(entry)
    return tuple(Trail(key, tuple(attempts[number])) for number, key in keys.items())


def reckon(
    path: Path, *, recorded: Path | None = None, database: str = "", query: str = ""
) -> Reckoning:
    """The account of the ledger at `path`, a folder or a file.

    It is held against the rows of the file `recorded`, or against those that `query` lists in the
    `database` at a URL; without a query, the one that is kept beside the ledger. With neither, the
    rows are those that are kept beside it, if there are any. UsageError for what cannot be read or
    asked, CannotTell when the database does not answer.
    """
    _check_is_one(path)
    ledger = Ledger(path)
    beside = path if path.is_dir() else path.parent
    told = described(beside)
    if query and not database:
        raise UsageError("A query wants a database to be asked of", todo="name it: --database URL")
    if recorded is not None and database:
        raise UsageError("Rows come from a file or from a database, not from both")
    if database:
        account = _by_database(ledger, beside, database, query or str(told.get("recorded", "")))
        against = "the rows of the database"
    else:
        rows, against = _of_file(path, beside, recorded)
        account = reconcile(ledger, kept_rows(rows) if rows else ())
    ends = ledger.ends
    return Reckoning(
        path=str(path),
        figures=measure(ledger),
        account=account,
        ends=tuple(map(str, ends)),
        closed=all(end.closed for end in ends),
        against=against,
        about=told,
        trails=trails_of(ledger, account) if against else (),
    )


def _check_is_one(path: Path) -> None:
    """UsageError for a folder of several ledgers, with the newest of them."""
    if path.is_dir() and not any(path.glob(f"*{SUFFIX}")):
        inner = sorted(one.parent for one in path.glob(f"*/*{SUFFIX}"))
        if inner:
            raise UsageError(
                "This folder holds ledgers, but is none itself",
                where=str(path),
                todo=f"name one of them; the newest is {inner[-1]}",
            )


def _of_file(path: Path, beside: Path, recorded: Path | None) -> tuple[Path | None, str]:
    """The file with the rows, and how it is called; none where the ledger stands alone."""
    if recorded is not None:
        return recorded, f"the rows of {recorded}"
    # One of several files is not all of the run whose rows are kept.
    whole = path.is_dir() or len(list(beside.glob(f"*{SUFFIX}"))) == 1
    kept = beside / RECORDED
    if not whole or not kept.is_file():
        return None, ""
    return kept, f"the rows that were kept with it ({RECORDED})"


def _by_database(ledger: Ledger, beside: Path, url: str, query: str) -> Account:
    if not query.strip():
        raise UsageError(
            "Nothing says what the system has recorded",
            todo='add --query "SELECT key, amount FROM ..."',
        )
    before: Counter[Row] = Counter()
    if (beside / BEFORE).is_file():
        before.update(kept_rows(beside / BEFORE))
    question = Question(query, "--query")
    try:
        with closing(connect_to_read(url)) as conn:
            conn.execute(_PATIENT)
            with closing(question.rows(conn)) as rows:
                return reconcile(ledger, without(rows, before))
    except psycopg.OperationalError as error:
        raise CannotTell("The database does not answer", seen=str(error).strip()) from error
    except psycopg.ProgrammingError as error:
        raise UsageError(
            "This is no address of a database",
            seen=str(error).strip(),
            todo="write postgresql://user@host/name",
        ) from error
