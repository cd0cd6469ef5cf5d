"""The account of a ledger, for people at a terminal and for programs."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from rich.text import Text

from twiceshy.model.ledger import Outcome
from twiceshy.model.verdict import Value
from twiceshy.render.finding import field
from twiceshy.render.legible import one_line
from twiceshy.render.marks import LABEL, STYLES
from twiceshy.render.paragraph import indented, wrap

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from twiceshy.model.account import Discrepancy
    from twiceshy.model.figures import Percentiles
    from twiceshy.model.ledger import Attempt
    from twiceshy.model.reckoning import Reckoning
    from twiceshy.render.marks import Page

VERSION = 1
"""Of the document. Within a version, keys are only added."""
_SHOWN = 20
_VALUE = {True: Value.HOLDS, False: Value.RECURS, None: Value.UNKNOWN}
_WORDS = {True: "balanced", False: "not balanced", None: "could not tell"}


def reckoned_lines(found: Reckoning, page: Page) -> list[Text]:
    """What the ledger says, whether it balances, and each transaction that is wrong."""
    value = _VALUE[found.balanced]
    head = Text.assemble(
        (f"{page.marks.of(value)} {_WORDS[found.balanced]}", STYLES[value]), f"  {_subject(found)}"
    )
    facts = [line for label, says in _facts(found) for line in field(label, says, page.inset(2))]
    return [*wrap(head, page.width), Text(), *indented(facts, 2), *_wrong_lines(found, page)]


def _subject(found: Reckoning) -> str:
    told = [str(found.about[name]) for name in ("topic", "version", "began") if _is(found, name)]
    return one_line(", ".join(told)) or found.path


def _is(found: Reckoning, name: str) -> bool:
    return bool(found.about.get(name))


def _facts(found: Reckoning) -> Iterator[tuple[str, str]]:
    account, figures = found.account, found.figures
    counts = ", ".join(f"{account.transactions.get(one, 0):,} {one}" for one in reversed(Outcome))
    yield "ledger", found.path
    yield "request", str(found.about.get("request", ""))
    yield "files", "; ".join(found.ends)
    yield "arrivals", _arrivals(found)
    yield "sent", f"{figures.sent:,} transactions: {counts}"
    yield from _became(found.about.get("became") or {})
    if not _waits(found):
        yield "latency", _times(figures.latency, void=not figures.latency_counts)
        yield "lateness", _times(figures.lateness)
    if not found.against:
        yield "recorded", "not known: no rows were kept with it, and none were given"
        yield "to do", "name them: --recorded FILE, or --database URL --query SQL"
        return
    doubted = f"{account.recovered:,} of them of transactions whose effect was unknown"
    yield "recorded", f"{account.rows:,} rows, {doubted}; {found.against}"
    yield "retries", f"{account.retried_onto:,} met a transaction whose answer had been lost"
    yield (
        "sums",
        (
            f"{account.recorded_sum:,} recorded, {account.acked_sum:,} acknowledged; it may be "
            f"{account.least_sum:,} to {account.greatest_sum:,}"
        ),
    )


def _became(told: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What is kept of the run beside its ledger."""
    for seen in told.get("faults", ()):
        if seen["began"] is None:
            yield "fault", f"{seen['written']}: did not begin"
            continue
        until = "" if seen["ended"] is None else f" to {seen['ended']:.2f} s"
        what = "; ".join(seen["evidence"]) or "no effect was seen"
        yield "fault", f"{seen['written']}, {seen['began']:.2f} s{until}: {what}"
    if told.get("drained") is False:
        yield "drained", "no: what is missing may have been waiting still"
    yield "problem", str(told.get("problem") or "")


def _arrivals(found: Reckoning) -> str:
    figures = found.figures
    words = f"{figures.planned:,} planned"
    if figures.unsent:
        words += f", {figures.unsent:,} not sent because no connection was free"
    in_time = ", each when a connection was free" if _waits(found) else ""
    words += in_time or f", {figures.reached:.1%} sent in time"
    return words if found.closed else f"{words}; the run was stopped, so more were to come"


def _waits(found: Reckoning) -> bool:
    """Whether arrivals waited for a connection: then there was no moment to be late for."""
    return found.about.get("at_cap") == "wait"


def _times(times: Percentiles, *, void: bool = False) -> str:
    if not times.count:
        return ""
    words = f"p50 {times.p50:,.1f} ms, p95 {times.p95:,.1f} ms, p99 {times.p99:,.1f} ms"
    return words + (" (void: we were late ourselves)" if void else "")


def _wrong_lines(found: Reckoning, page: Page) -> list[Text]:
    if not found.against or found.account.balanced:
        return []
    counts = ", ".join(f"{count:,} {wrong}" for wrong, count in found.account.counts.items())
    lines = [Text(), Text(f"  {counts or 'the sums do not agree'}", style="bold")]
    shown = found.account.discrepancies
    attempts = {trail.key: trail.attempts for trail in found.trails}
    for wrong in shown if page.verbose else shown[:_SHOWN]:
        lines += [Text(), *indented(_discrepancy(wrong, page.inset(2)), 2)]
        for attempt in attempts.get(wrong.key, ()):
            lines += indented(wrap(Text(_attempt(attempt)), page.width - 6), 6)
    left = sum(found.account.counts.values()) - min(len(shown), _SHOWN)
    if left > 0 and not page.verbose:
        lines += [Text(), Text(f"  and {left:,} more; --format json has up to a hundred of each",
                               style=LABEL)]  # fmt: skip
    return lines


def _discrepancy(wrong: Discrepancy, page: Page) -> list[Text]:
    intended = "nobody intended it" if wrong.intended is None else f"{wrong.intended:,} intended"
    known = f", {wrong.known}" if wrong.known else ""
    times = "1 row" if wrong.rows == 1 else f"{wrong.rows} rows"
    recorded = f"recorded {wrong.recorded:,} in {times}" if wrong.rows else "no row"
    label = Text(f"{wrong.wrong:<14}", style=STYLES[Value.RECURS])
    return wrap(Text(f"{one_line(wrong.key)}  {intended}{known}, {recorded}"), page.width, label)


def _attempt(attempt: Attempt) -> str:
    took = (attempt.ended - attempt.began) / 1e6
    status = f" {attempt.status}" if attempt.status else ""
    return (
        f"attempt {attempt.attempt} at {attempt.began / 1e9:.3f} s: {attempt.outcome}{status}, "
        f"{attempt.detail} after {took:,.1f} ms"
    )


def reckoned_document(found: Reckoning) -> dict[str, Any]:
    """The same for programs; times in milliseconds of the run."""
    account, figures = found.account, found.figures
    attempts = {trail.key: trail.attempts for trail in found.trails}
    return {
        "version": VERSION,
        "ledger": found.path,
        "about": dict(found.about),
        "ends": list(found.ends),
        "closed": found.closed,
        "balanced": found.balanced,
        "against": found.against,
        "transactions": {str(one): account.transactions.get(one, 0) for one in Outcome},
        "arrivals": {
            "planned": figures.planned,
            "sent": figures.sent,
            "unsent": figures.unsent,
            "reached": figures.reached,
        },
        "latency": asdict(figures.latency),
        "lateness": asdict(figures.lateness),
        "acked_sum": account.acked_sum,
        "recorded": _recorded(found) if found.against else None,
        "discrepancies": [
            {**asdict(wrong), "attempts": [_plain(one) for one in attempts.get(wrong.key, ())]}
            for wrong in (account.discrepancies if found.against else ())
        ],
    }


def _recorded(found: Reckoning) -> dict[str, Any]:
    account = found.account
    return {
        "rows": account.rows,
        "recovered": account.recovered,
        "retried_onto": account.retried_onto,
        "sum": account.recorded_sum,
        "least_sum": account.least_sum,
        "greatest_sum": account.greatest_sum,
        "wrong": dict(account.counts),
    }


def _plain(attempt: Attempt) -> dict[str, Any]:
    return {
        "attempt": attempt.attempt,
        "outcome": str(attempt.outcome),
        "detail": str(attempt.detail),
        "status": attempt.status,
        "began": attempt.began / 1e6,
        "ended": attempt.ended / 1e6,
    }
