from __future__ import annotations

from dataclasses import replace

import pytest

from twiceshy.cli.exit_codes import of_account, of_demo, of_error, of_proof, of_run
from twiceshy.cli.showcase import Shown
from twiceshy.errors import ConfigurationError, ServiceFailed, UsageError
from twiceshy.model.account import Account
from twiceshy.model.figures import LoadFigures, Percentiles
from twiceshy.model.reckoning import Reckoning
from twiceshy.model.verdict import Value, Verdict
from twiceshy.render.proof import proofs
from unit.render import story

HOLDS, UNKNOWN, RECURS = Value.HOLDS, Value.UNKNOWN, Value.RECURS


@pytest.mark.parametrize(
    ("values", "problems", "allow_unknown", "code"),
    [
        ([HOLDS, HOLDS], False, False, 0),
        ([HOLDS, RECURS, UNKNOWN], True, True, 1),
        ([HOLDS, UNKNOWN], False, False, 3),
        ([HOLDS, UNKNOWN], False, True, 0),
        ([UNKNOWN], True, False, 3),
        ([UNKNOWN], True, True, 2),
        ([HOLDS], True, False, 2),
        ([], True, False, 2),
    ],
)
def test_the_worst_decides(values, problems, allow_unknown, code):
    """What recurs, then what is unknown, then what could not be read."""
    assert of_run(values, problems=problems, allow_unknown=allow_unknown) == code


@pytest.mark.parametrize(
    ("faulty", "today", "problems", "code"),
    [
        (RECURS, HOLDS, False, 0),
        (RECURS, HOLDS, True, 2),
        (RECURS, RECURS, False, 1),
        (HOLDS, HOLDS, False, 3),
        (UNKNOWN, HOLDS, False, 3),
        (RECURS, UNKNOWN, True, 3),
    ],
)
def test_proofs(faulty, today, problems, code):
    """A guard that does not see its failure proves as little as one that cannot tell."""
    found = proofs(
        replace(story.HOLDS, verdict=Verdict(value), version=version)
        for value, version in [(faulty, "faulty"), (today, "")]
    )
    assert of_proof(found, problems=problems) == code


def test_a_proof_of_nothing():
    """No guard at all proves nothing; if a report is broken, that is why."""
    assert of_proof([], problems=False) == 3
    assert of_proof([], problems=True) == 2


@pytest.mark.parametrize(
    ("faulty", "fixed", "code"), [(RECURS, HOLDS, 0), (RECURS, RECURS, 1), (HOLDS, HOLDS, 3)]
)
def test_demos(faulty, fixed, code):
    """Both verdicts must be as they should."""
    well = Shown("one", RECURS, HOLDS, 1.0)
    assert of_demo([well, Shown("two", faulty, fixed, 1.0)]) == code


@pytest.mark.parametrize(
    ("against", "counts", "code"),
    [("rows", {}, 0), ("rows", {"lost": 1}, 1), ("", {}, 3), ("", {"lost": 1}, 3)],
)
def test_accounts(against, counts, code):
    """Without rows to hold it against, a ledger tells nothing."""
    account = Account({}, 0, 0, 0, 0, 0, 0, 0, counts)
    figures = LoadFigures(0, 0, 0, 0.0, Percentiles(), Percentiles())
    assert of_account(Reckoning("ledger", figures, account, against=against)) == code


def test_errors():
    """What the user can mend in a file is 2, what could not be found out 3."""
    assert of_error(UsageError("x")) == 2
    assert of_error(ConfigurationError("x")) == 2
    assert of_error(ServiceFailed("x")) == 3
