"""Deposits, and the assignments by which they are invested in goals."""

from __future__ import annotations

from decimal import Decimal

from deposits import database

OF_USER = """
    SELECT d.id, d.amount, d.currency, d.status, d.received_at, d.reference, g.name AS goal,
           coalesce(sum(a.amount), 0) AS assigned
    FROM deposits d
    LEFT JOIN goals g ON g.id = d.goal_id
    LEFT JOIN assignments a ON a.deposit_id = d.id
    WHERE d.user_id = %(user_id)s
    GROUP BY d.id, g.id
    ORDER BY d.received_at DESC, d.id DESC
"""

COUNT = """
    SELECT count(*) AS deposits
    FROM deposits d
    WHERE d.user_id = %(user_id)s
"""

TOTALS = """
    SELECT d.currency, sum(d.amount) AS amount
    FROM deposits d
    WHERE d.user_id = %(user_id)s
      AND d.status = 'received'
    GROUP BY d.currency
    ORDER BY d.currency
"""

SEARCH = """
    SELECT d.id, d.amount, d.currency, d.reference, g.name AS goal
    FROM deposits d
    LEFT JOIN goals g ON g.id = d.goal_id
    WHERE d.user_id = %(user_id)s
      AND (d.reference ILIKE %(pattern)s OR g.name ILIKE %(pattern)s)
    ORDER BY d.id
"""

EXPORT = """
    SELECT d.received_at, d.reference, d.amount, d.currency, g.name AS goal
    FROM deposits d
    LEFT JOIN goals g ON g.id = d.goal_id
    WHERE d.user_id = %(user_id)s
    ORDER BY d.received_at, d.id
"""

ONE = """
    SELECT d.id, d.amount, d.currency, d.status, d.received_at, d.reference, g.name AS goal
    FROM deposits d
    LEFT JOIN goals g ON g.id = d.goal_id
    WHERE d.id = %(deposit_id)s
      AND d.user_id = %(user_id)s
"""

ASSIGNMENTS = """
    SELECT a.id, a.amount, a.assigned_at, g.id AS goal_id, g.name AS goal
    FROM assignments a
    JOIN goals g ON g.id = a.goal_id
    WHERE a.deposit_id = %(deposit_id)s
    ORDER BY a.assigned_at, a.id
"""

# What of a deposit is in one goal: both must belong to the user, and the second follows the first.
IN_GOAL = """
    SELECT d.id, d.reference, d.amount, g.id AS goal_id, g.name AS goal,
           coalesce(sum(a.amount), 0) AS in_this_goal
    FROM deposits d
    JOIN goals g ON g.user_id = d.user_id
    LEFT JOIN assignments a ON a.deposit_id = d.id AND a.goal_id = g.id
    WHERE d.id = %(deposit_id)s
      AND g.id = %(goal_id)s
      AND d.user_id = %(user_id)s
    GROUP BY d.id, g.id
"""

TO_ASSIGN = """
    SELECT d.id, d.amount
    FROM deposits d
    WHERE d.id = %(deposit_id)s
      AND d.user_id = %(user_id)s
      AND d.status = 'received'
    FOR UPDATE
"""

ASSIGNED = """
    SELECT coalesce(sum(a.amount), 0) AS amount
    FROM assignments a
    WHERE a.deposit_id = %(deposit_id)s
"""

ASSIGN = """
    INSERT INTO assignments (deposit_id, goal_id, amount)
    VALUES (%(deposit_id)s, %(goal_id)s, %(amount)s)
    RETURNING id
"""

ACTIVITY = """
    SELECT 'deposit' AS kind, d.received_at AS at, d.amount, d.reference AS text
    FROM deposits d
    WHERE d.user_id = %(user_id)s
    UNION ALL
    SELECT 'assignment', a.assigned_at, a.amount, g.name
    FROM assignments a
    JOIN goals g ON g.id = a.goal_id
    WHERE g.user_id = %(user_id)s
    ORDER BY at DESC, text
    LIMIT 8
"""

SUMMARY = """
    SELECT (SELECT count(*) FROM goals g WHERE g.user_id = %(user_id)s) AS goals,
           (SELECT count(*) FROM deposits d WHERE d.user_id = %(user_id)s) AS deposits,
           (SELECT max(d.received_at) FROM deposits d WHERE d.user_id = %(user_id)s) AS latest,
           (SELECT coalesce(sum(a.amount), 0)
            FROM assignments a
            JOIN goals g ON g.id = a.goal_id
            WHERE g.user_id = %(user_id)s) AS invested
"""


def of_user(user_id: int) -> list[database.Row]:
    """The user's deposits, newest first."""
    return database.rows(OF_USER, user_id=user_id)


def count(user_id: int) -> int:
    """How many deposits the user has made."""
    found = database.row(COUNT, user_id=user_id)
    return found["deposits"] if found else 0


def totals(user_id: int) -> dict[str, Decimal]:
    """What the user has sent in each currency."""
    return {row["currency"]: row["amount"] for row in database.rows(TOTALS, user_id=user_id)}


def search(user_id: int, text: str) -> list[database.Row]:
    """The user's deposits with `text` in their reference or in the name of their goal."""
    return database.rows(SEARCH, user_id=user_id, pattern=f"%{text}%")


def export(user_id: int) -> list[database.Row]:
    """The user's deposits for his spreadsheet, oldest first."""
    return database.rows(EXPORT, user_id=user_id)


def one(user_id: int, deposit_id: int) -> database.Row | None:
    """One deposit of the user, or None when he has none of that id."""
    return database.row(ONE, user_id=user_id, deposit_id=deposit_id)


def assignments(deposit_id: int) -> list[database.Row]:
    """Where a deposit was invested; ask `one` first whether it may be seen."""
    return database.rows(ASSIGNMENTS, deposit_id=deposit_id)


def in_goal(user_id: int, goal_id: int, deposit_id: int) -> database.Row | None:
    """How much of a deposit is in a goal, or None unless both are the user's."""
    return database.row(IN_GOAL, user_id=user_id, goal_id=goal_id, deposit_id=deposit_id)


def activity(user_id: int) -> list[database.Row]:
    """The latest deposits and assignments of the user."""
    return database.rows(ACTIVITY, user_id=user_id)


def summary(user_id: int) -> database.Row:
    """The user in four numbers."""
    return database.row(SUMMARY, user_id=user_id) or {}


class NotYoursError(Exception):
    """The user has no received deposit of that id."""


class NothingLeftError(Exception):
    """All of the deposit is invested already."""


def assign(user_id: int, deposit_id: int, goal_id: int) -> database.Row:
    """Invest what is left of a deposit in a goal, of which the caller knows that it is the user's.

    The deposit's row stays locked meanwhile, so that nothing is invested twice.
    """
    with database.connection().transaction():
        deposit = database.row(TO_ASSIGN, user_id=user_id, deposit_id=deposit_id)
        if deposit is None:
            raise NotYoursError
        assigned = database.row(ASSIGNED, deposit_id=deposit_id) or {"amount": Decimal(0)}
        left = deposit["amount"] - assigned["amount"]
        if left <= 0:
            raise NothingLeftError
        made = database.row(ASSIGN, deposit_id=deposit_id, goal_id=goal_id, amount=left) or {}
    return {"id": made["id"], "deposit_id": deposit_id, "goal_id": goal_id, "amount": left}
