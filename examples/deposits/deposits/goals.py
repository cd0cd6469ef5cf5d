"""What people save for, and how far they have come."""

from __future__ import annotations

from deposits import database

# A goal is listed whether or not anything was invested in it.
OF_USER = """
    SELECT g.id, g.name, g.risk, g.target, g.created_at,
           coalesce(sum(a.amount), 0) AS invested, count(a.id) AS assignments
    FROM goals g
    LEFT JOIN assignments a ON a.goal_id = g.id
    WHERE g.user_id = %(user_id)s
    GROUP BY g.id
    ORDER BY g.created_at, g.id
"""

LATEST = """
    SELECT a.amount, a.assigned_at, d.reference
    FROM assignments a
    JOIN deposits d ON d.id = a.deposit_id
    WHERE a.goal_id = %(goal_id)s
    ORDER BY a.assigned_at DESC, d.received_at DESC, a.id DESC
    LIMIT 1
"""

ONE = """
    SELECT g.id, g.name, g.risk, g.target, g.created_at
    FROM goals g
    WHERE g.id = %(goal_id)s
      AND g.user_id = %(user_id)s
"""

ASSIGNMENTS = """
    SELECT a.id, a.amount, a.assigned_at, d.id AS deposit_id, d.reference
    FROM assignments a
    JOIN deposits d ON d.id = a.deposit_id
    WHERE a.goal_id = %(goal_id)s
    ORDER BY a.assigned_at, a.id
"""

MONTHS = """
    SELECT to_char(a.assigned_at AT TIME ZONE 'UTC', 'YYYY-MM') AS month, sum(a.amount) AS invested
    FROM assignments a
    WHERE a.goal_id = %(goal_id)s
    GROUP BY month
    ORDER BY month
"""

TAKEN = """
    SELECT g.id
    FROM goals g
    WHERE g.user_id = %(user_id)s
      AND g.name = %(name)s
"""

CREATE = """
    INSERT INTO goals (user_id, name, risk, target)
    VALUES (%(user_id)s, %(name)s, %(risk)s, %(target)s)
    RETURNING id
"""

RENAME = """
    UPDATE goals g
    SET name = %(name)s
    WHERE g.id = %(goal_id)s
      AND g.user_id = %(user_id)s
"""


def of_user(user_id: int) -> list[database.Row]:
    """The user's goals, each with what was invested and the latest assignment."""
    goals = database.rows(OF_USER, user_id=user_id)
    for goal in goals:
        goal["latest"] = database.row(LATEST, goal_id=goal["id"])
    return goals


def one(user_id: int, goal_id: int) -> database.Row | None:
    """One goal of the user, or None when he has none of that id."""
    return database.row(ONE, user_id=user_id, goal_id=goal_id)


def assignments(goal_id: int) -> list[database.Row]:
    """Which deposits were invested in the goal; ask `one` first whether it may be seen."""
    return database.rows(ASSIGNMENTS, goal_id=goal_id)


def months(goal_id: int) -> list[database.Row]:
    """What was invested each month; ask `one` first whether the goal may be seen."""
    return database.rows(MONTHS, goal_id=goal_id)


def taken(user_id: int, name: str) -> bool:
    """Whether the user already has a goal of that name."""
    return database.row(TAKEN, user_id=user_id, name=name) is not None


def create(user_id: int, name: str, risk: str, target: str) -> int:
    """Add a goal; its id."""
    found = database.row(CREATE, user_id=user_id, name=name, risk=risk, target=target)
    return found["id"] if found else 0


def rename(user_id: int, goal_id: int, name: str) -> None:
    """Rename a goal of the user; nothing happens when he has none of that id."""
    database.change(RENAME, user_id=user_id, goal_id=goal_id, name=name)
