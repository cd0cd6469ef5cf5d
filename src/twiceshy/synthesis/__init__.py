"""Rows that satisfy a schema: proposed here, judged by PostgreSQL, repaired here. Pure.

    propose(wish) ──> row ──> PostgreSQL, in a savepoint ──> accepted
                       ^                    │ refused: SQLSTATE, constraint, column, detail
                       └──── repair(...) <──┘

Every column has a ladder of candidates (ladder.py), best first. A refusal blames columns
(repair.py), and those go one rung down. The same wish climbs the same way each time.
"""
