"""What the exit code of the command means."""

from __future__ import annotations

from collections.abc import Collection
from enum import IntEnum

from twiceshy.cli.showcase import Shown
from twiceshy.errors import TwiceshyError, UsageError
from twiceshy.model.reckoning import Reckoning
from twiceshy.model.verdict import Value
from twiceshy.render.proof import Proof


class ExitCode(IntEnum):
    """Documented and stable."""

    HOLDS = 0
    RECURS = 1
    USAGE = 2
    CANNOT_TELL = 3
    INTERRUPTED = 130


def of_run(values: Collection[Value], *, problems: bool, allow_unknown: bool) -> ExitCode:
    """The code of a run: what recurs counts most, then what is unknown, then broken reports."""
    if Value.RECURS in values:
        return ExitCode.RECURS
    if Value.UNKNOWN in values and not allow_unknown:
        return ExitCode.CANNOT_TELL
    return ExitCode.USAGE if problems else ExitCode.HOLDS


def of_proof(proofs: Collection[Proof], *, problems: bool) -> ExitCode:
    """The code of `prove`: 0 when every guard is proven, 1 when one recurs today, else 3.

    Nothing to prove because reports are broken is 2, as in a run.
    """
    if any(one.today is Value.RECURS for one in proofs):
        return ExitCode.RECURS
    if not all(one.stands for one in proofs) or not (proofs or problems):
        return ExitCode.CANNOT_TELL
    return ExitCode.USAGE if problems else ExitCode.HOLDS


def of_demo(shown: Collection[Shown]) -> ExitCode:
    """The code of `demo`: 0 when all is as it should be, 1 when a fixed version recurs, else 3."""
    if any(one.fixed is Value.RECURS for one in shown):
        return ExitCode.RECURS
    return ExitCode.HOLDS if all(one.as_it_should for one in shown) else ExitCode.CANNOT_TELL


def of_account(found: Reckoning) -> ExitCode:
    """The code of `reconcile`: 0 when the account balances, 1 when not, 3 when there is none."""
    if found.balanced is None:
        return ExitCode.CANNOT_TELL
    return ExitCode.HOLDS if found.balanced else ExitCode.RECURS


def of_error(error: TwiceshyError) -> ExitCode:
    """The code of an error that ends the command."""
    return ExitCode.USAGE if isinstance(error, UsageError) else ExitCode.CANNOT_TELL
