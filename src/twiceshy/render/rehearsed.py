"""Rehearsed scripts for programs: one JSON document, from which all other outputs are made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from twiceshy.model.plain import exhibit_to_plain
from twiceshy.model.verdict import worst

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from twiceshy.model.locking import Conclusion, LockFinding
    from twiceshy.model.scripts import ScriptStatement
    from twiceshy.model.verdict import Verdict

VERSION = 1
"""Of the document. Within a version, keys are only added."""


def document(
    conclusions: Sequence[Conclusion], verdicts: Sequence[Verdict] = (), seconds: float = 0.0
) -> dict[str, Any]:
    """What all scripts came to, and each of them under `scripts`.

    The keys at the top speak of all scripts together; statements and findings are those of all, in
    the order of the scripts. `verdicts` are those of the guards, which tell why where a script came
    to no conclusion.
    """
    both: list[Conclusion | Verdict] = [*conclusions, *verdicts]
    reasons = [reason for one in both for reason in one.reasons]
    each = [_script(conclusion) for conclusion in conclusions]
    fails = next((one["fails"] for one in each if one["fails"]), None)
    return {
        "version": VERSION,
        "verdict": worst(one.value for one in both).value,
        "says": spoken([word for one in each for word in one["would"]]),
        "blocks": any(one["blocks"] for one in each),
        "queues": any(one["queues"] for one in each),
        "breaks": [broken for one in each for broken in one["breaks"]],
        "fails": fails,
        "statements": [item for one in each for item in one["statements"]],
        "findings": [item for one in each for item in one["findings"]],
        "reasons": list(dict.fromkeys(reasons)),
        "scope": _scope(conclusions),
        "scripts": each,
        "seconds": round(seconds, 3),
    }


def spoken(words: Sequence[str]) -> str:
    """`would block and would queue`, each word once, or nothing."""
    known = [word for word in ("fail", "block", "queue", "break") if word in words]
    return " and ".join(f"would {word}" for word in known)


def waited(waiting: Mapping[str, Any]) -> str:
    """`: 3 times, longest 250 ms, status 500`; nothing for a query that never waited."""
    if not waiting["longest_ms"]:
        return ""
    times = f"{waiting['times']} times, longest " if waiting["times"] > 1 else ""
    error = f", {waiting['error']}" if waiting["error"] else ""
    return f": {times}{waiting['longest_ms']:.0f} ms{error}"


def _script(conclusion: Conclusion) -> dict[str, Any]:
    would = {
        "fail": bool(conclusion.fails),
        "block": conclusion.blocks,
        "queue": conclusion.queues,
        "break": bool(conclusion.breaks),
    }
    return {
        "script": conclusion.script,
        "verdict": conclusion.value.value,
        "would": [word for word, is_so in would.items() if is_so],
        "blocks": conclusion.blocks,
        "queues": conclusion.queues,
        "breaks": [
            {"query": broken.query, "relation": broken.relation, "error": broken.error}
            for broken in conclusion.breaks
        ],
        "fails": conclusion.fails or None,
        "statements": [_statement(statement) for statement in conclusion.statements],
        "findings": [_finding(finding, conclusion) for finding in conclusion.findings],
        "reasons": list(conclusion.reasons),
    }


def _statement(statement: ScriptStatement) -> dict[str, Any]:
    return {
        "sql": statement.sql,
        "line": statement.line,
        "locks": {name: list(modes) for name, modes in sorted(statement.locks.items())},
        "rewrites": list(statement.rewrites),
        "lock_timeout": statement.lock_timeout,
        "statement_timeout": statement.statement_timeout,
        "scanned": dict(sorted(statement.scanned.items())),
        "changed": dict(sorted(statement.changed.items())),
        "ms": round(statement.seconds * 1000, 1),
        "error": statement.error or None,
    }


def _finding(finding: LockFinding, conclusion: Conclusion) -> dict[str, Any]:
    return {
        "rule": finding.harm,
        "title": finding.title,
        "script": conclusion.script,
        "line": finding.line,
        "statement": finding.sql or None,
        "relation": finding.relation or None,
        "mode": finding.mode or None,
        "also": list(finding.also),
        "waited_ms": None if finding.waited is None else round(finding.waited, 1),
        "waiting": [
            {
                "query": waiting.query,
                "relation": waiting.relation,
                "times": waiting.times,
                "longest_ms": waiting.longest,
                "error": waiting.error or None,
            }
            for waiting in finding.waiting
        ],
        "seen": finding.seen,
        "at_production": finding.at_production or None,
        "remedy": finding.remedy.text if finding.remedy.says else None,
        "remedy_sql": finding.remedy.sql or None,
        "whole_script": finding.remedy.whole,
        "lanes": exhibit_to_plain(finding.drawing) if finding.drawing else None,
    }


def _scope(conclusions: Sequence[Conclusion]) -> dict[str, Any]:
    scopes = [conclusion.scope for conclusion in conclusions]
    return {
        "tried": [item for scope in scopes for item in scope.tried],
        "untried": [{"what": what, "why": why} for scope in scopes for what, why in scope.untried],
        "notes": list(dict.fromkeys(note for scope in scopes for note in scope.notes)),
        "server": next((scope.server for scope in scopes if scope.server), ""),
    }
