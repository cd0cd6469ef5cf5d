"""Deposits that have arrived and wait to be invested, because they are not fully assigned."""

from __future__ import annotations

from deposits import database

OF_USER = """
    SELECT d.id, d.amount, d.currency, d.received_at, d.reference, g.name AS goal,
           d.amount - coalesce(sum(a.amount), 0) AS to_invest
    FROM deposits d
    LEFT JOIN goals g ON g.id = d.goal_id
    LEFT JOIN assignments a ON a.deposit_id = d.id
    WHERE d.user_id = %(user_id)s
      AND d.status = 'received'
    GROUP BY d.id, g.id
    HAVING coalesce(sum(a.amount), 0) < d.amount
    ORDER BY d.received_at, d.id
"""

OF_EVERYBODY = """
    SELECT d.id, d.amount, d.currency, d.received_at, d.reference, g.name AS goal,
           d.amount - coalesce(sum(a.amount), 0) AS to_invest
    FROM deposits d
    LEFT JOIN goals g ON g.id = d.goal_id
    LEFT JOIN assignments a ON a.deposit_id = d.id
    WHERE d.status = 'received'
    GROUP BY d.id, g.id
    HAVING coalesce(sum(a.amount), 0) < d.amount
    ORDER BY d.received_at, d.id
"""


def of_user(user_id: int) -> list[database.Row]:
    """What waits for the user, oldest first."""
    return database.rows(OF_USER, user_id=user_id)


def of_everybody() -> list[database.Row]:
    """What waits at all, oldest first: for the back office."""
    return database.rows(OF_EVERYBODY)
