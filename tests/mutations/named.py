"""Twelve ways in which the service could leak, one for each place where a leak can hide."""

from __future__ import annotations

from mutations.patch import Mutation, Patch

API = "deposits/api.py"
GOALS = "deposits/goals.py"
LEDGER = "deposits/ledger.py"

OF_ANA_D = "    WHERE d.user_id = %(user_id)s\n"


def named_leaks() -> tuple[Mutation, ...]:
    """Each must turn the verdict of the isolation guard to `recurs`."""
    return (*_READS, *_PLACES, *_WRITES_AND_EMPTY_VIEWS)


_READS = (
    Mutation(
        "list",
        "GET /deposits lists the deposits of everybody",
        (
            Patch(
                LEDGER,
                OF_ANA_D + "    GROUP BY d.id, g.id\n    ORDER BY d.received_at DESC",
                "    GROUP BY d.id, g.id\n    ORDER BY d.received_at DESC",
            ),
        ),
    ),
    Mutation(
        "count",
        "GET /summary counts the deposits of everybody",
        (
            Patch(
                LEDGER,
                "(SELECT count(*) FROM deposits d WHERE d.user_id = %(user_id)s)",
                "(SELECT count(*) FROM deposits d)",
            ),
        ),
    ),
    Mutation(
        "sum",
        "GET /deposits sums what everybody sent",
        (
            Patch(
                LEDGER,
                OF_ANA_D + "      AND d.status = 'received'\n    GROUP BY d.currency",
                "    WHERE d.status = 'received'\n    GROUP BY d.currency",
            ),
        ),
    ),
    Mutation(
        "order",
        "GET /goals puts first the risk profile that most people chose",
        (
            Patch(
                GOALS,
                "ORDER BY g.created_at, g.id",
                "ORDER BY (SELECT count(*) FROM goals o WHERE o.risk = g.risk) DESC, g.id",
            ),
        ),
    ),
)

_PLACES = (
    Mutation(
        "html-page",
        "only the page, no JSON, shows the latest deposits of everybody",
        (
            Patch(
                LEDGER,
                "FROM deposits d\n    WHERE d.user_id = %(user_id)s\n    UNION ALL",
                "FROM deposits d\n    UNION ALL",
            ),
        ),
    ),
    Mutation(
        "error-text",
        "the refusal to show another's deposit quotes its reference",
        (
            Patch(
                API,
                '    raise NotFound(f"You have no deposit {deposit_id}.")',
                '    query = "SELECT d.reference FROM deposits d WHERE d.id = %(id)s"\n'
                '    other = database.row(query, id=deposit_id) or {"reference": "unknown"}\n'
                "    raise NotFound(f\"You have no deposit {deposit_id} ({other['reference']}).\")",
            ),
        ),
    ),
    Mutation(
        "mixed-path",
        "a path with my goal and another's deposit asks only whose the goal is",
        (
            Patch(LEDGER, "JOIN goals g ON g.user_id = d.user_id", "CROSS JOIN goals g"),
            Patch(
                LEDGER,
                "AND g.id = %(goal_id)s\n      AND d.user_id = %(user_id)s",
                "AND g.id = %(goal_id)s\n      AND g.user_id = %(user_id)s",
            ),
        ),
    ),
    Mutation(
        "header",
        "the X-Total-Count of GET /deposits counts the deposits of everybody",
        (
            Patch(
                LEDGER,
                "SELECT count(*) AS deposits\n    FROM deposits d\n" + OF_ANA_D,
                "SELECT count(*) AS deposits\n    FROM deposits d\n",
            ),
        ),
    ),
    Mutation(
        "nested",
        "GET /goals/{goal_id} carries another's newest goal as an inspiration",
        (
            Patch(
                API,
                '        "months": goals.months(goal_id),\n    }',
                '        "months": goals.months(goal_id),\n'
                '        "more": {"inspiration": goals.inspiration(current_user())},\n'
                "    }",
            ),
            Patch(
                GOALS,
                "def taken(",
                "def inspiration(user_id: int) -> database.Row | None:\n"
                '    query = "SELECT g.name, g.target FROM goals g "\n'
                '    query += "WHERE g.user_id <> %(user_id)s ORDER BY g.id DESC LIMIT 1"\n'
                "    return database.row(query, user_id=user_id)\n\n\n"
                "def taken(",
            ),
        ),
    ),
)

_WRITES_AND_EMPTY_VIEWS = (
    Mutation(
        "write",
        "PATCH /goals/{goal_id} renames another's goal, and still answers 404",
        (
            Patch(
                GOALS,
                "SET name = %(name)s\n    WHERE g.id = %(goal_id)s\n"
                "      AND g.user_id = %(user_id)s\n",
                "SET name = %(name)s\n    WHERE g.id = %(goal_id)s\n",
            ),
        ),
    ),
    Mutation(
        "empty-is-500",
        "GET /goals fails for whoever has no deposit waiting",
        (
            Patch(
                API,
                'waiting[0]["received_at"] if waiting else None',
                'min(one["received_at"] for one in waiting)',
            ),
        ),
    ),
    Mutation(
        "empty-hides-goals",
        "GET /goals hides my goals in which nothing was invested yet",
        (Patch(GOALS, "LEFT JOIN assignments a ON", "JOIN assignments a ON"),),
    ),
)
