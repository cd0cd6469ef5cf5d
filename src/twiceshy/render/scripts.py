"""What the rehearsal of scripts came to, for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from twiceshy.model.verdict import worst

if TYPE_CHECKING:
    from collections.abc import Sequence

    from twiceshy.model.locking import Conclusion, LockFinding
    from twiceshy.model.scripts import ScriptStatement
    from twiceshy.model.verdict import Verdict


def as_document(conclusion: Conclusion) -> dict[str, Any]:
    """One script: what it does to others, statement by statement, and what to do instead."""
    return {
        "script": conclusion.script,
        "verdict": conclusion.value.value,
        "blocks": conclusion.blocks,
        "queues": conclusion.queues,
        "breaks": [
            {"query": one.query, "relation": one.relation, "error": one.error}
            for one in conclusion.breaks
        ],
        "fails": conclusion.fails or None,
        "statements": [_statement(statement) for statement in conclusion.statements],
        "findings": [_finding(finding) for finding in conclusion.findings],
        "reasons": list(conclusion.reasons),
        "notes": list(conclusion.scope.notes),
        "server": conclusion.scope.server,
    }


def several(documents: Sequence[dict[str, Any]], verdicts: Sequence[Verdict]) -> dict[str, Any]:
    """The document of one script, or of several with the verdict on them all.

    Where no script came to a conclusion, the reasons are told.
    """
    if len(documents) == 1 and len(verdicts) == 1:
        reasons = [*documents[0]["reasons"], *verdicts[0].reasons]
        return {**documents[0], "reasons": list(dict.fromkeys(reasons))}
    reasons = [reason for verdict in verdicts for reason in verdict.reasons]
    return {
        "verdict": worst(verdict.value for verdict in verdicts).value,
        **{name: any(one[name] for one in documents) for name in ("blocks", "queues")},
        "breaks": [each for one in documents for each in one["breaks"]],
        "fails": next((one["fails"] for one in documents if one["fails"]), None),
        "scripts": list(documents),
        "reasons": reasons,
    }


def _statement(statement: ScriptStatement) -> dict[str, Any]:
    return {
        "sql": statement.sql,
        "line": statement.line,
        "locks": {name: list(modes) for name, modes in statement.locks.items()},
        "rewrites": list(statement.rewrites),
        "lock_timeout": statement.lock_timeout,
        "statement_timeout": statement.statement_timeout,
        "scanned": dict(statement.scanned),
        "changed": dict(statement.changed),
        "seconds": round(statement.seconds, 4),
        "error": statement.error or None,
    }


def _finding(finding: LockFinding) -> dict[str, Any]:
    return {
        "harm": finding.harm,
        "title": finding.title,
        "statement": finding.statement,
        "line": finding.line,
        "relation": finding.relation,
        "also": list(finding.also),
        "mode": finding.mode,
        "waited_ms": None if finding.waited is None else round(finding.waited, 1),
        "waiting": [
            {"query": one.query, "relation": one.relation, "times": one.times}
            for one in finding.waiting
        ],
        "seen": finding.seen,
        "at_production": finding.at_production,
        "remedy": finding.remedy.text if finding.remedy.says else "",
    }
