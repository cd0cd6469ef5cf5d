"""Every operation compared with the commit where this branch left another, by implied guards."""

from __future__ import annotations

import re
from collections import Counter
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeGuard, cast

from twiceshy.errors import Location, UsageError
from twiceshy.model.events import GuardFinished, RunFinished, Uncovered
from twiceshy.model.exhibits import Table
from twiceshy.model.report import GuardBlock, Report
from twiceshy.rehearsal.branch import uncommitted
from twiceshy.rehearsal.people import actors_of
from twiceshy.rehearsal.wanted import NEW, pattern_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from twiceshy.config.project import Project
    from twiceshy.model.events import Event
    from twiceshy.model.verdict import Finding, Scope, Verdict
    from twiceshy.rehearsal.branch import Branch

KIND = "contract"
# `GET /goals/{id}`, alone or with a reason behind it.
_NAMED = re.compile(r"([A-Z]+ /\S*?):?(?:\s+(.*))?", re.DOTALL)
_ASKED = re.compile(r"[A-Z]+ /[^\s,]*")
_MOST_FILES = 5
_MOST_SHOWN = 8
_ENTRY_KEYS = ("request", "json", "form", "query", "headers", "bind", "keep")


def implied(project: Project, branch: Branch, reports: Sequence[Report]) -> Report:
    """A report that stands in no file, whose guards compare every operation with `branch.base`.

    Operations come from the OpenAPI description, else from the guards and recordings of
    `reports`. What their guards allow and skip holds here too. Raises UsageError when there is
    nothing to ask.
    """
    guards = [guard for report in reports for guard in report.guards]
    contracts = [guard for guard in guards if guard.kind == KIND]
    shared = {
        "kind": KIND,
        "baseline": f"git:{branch.short}",
        "missing": False,
        "skip": _joined(contracts, "skip"),
        "allow": list(_allowed(contracts)),
        "bind": _bindings(guards),
    }
    tables = [{**shared, **asked} for asked in _asked(project, guards)]
    if not tables:
        raise UsageError(
            "There is no request to compare",
            where=str(project.file),
            seen="no OpenAPI description, and no guard that names a request",
            todo='write openapi = "openapi.yaml" under [service], or record requests: '
            "twiceshy record --proxy URL --out requests.har",
        )
    blocks = tuple(GuardBlock(KIND, table, Location(project.file)) for table in tables)
    title = f"Every response as it was where this branch left {branch.reference}"
    return Report(project.file, f"since-{branch.short}", title, guards=blocks)


def _asked(project: Project, guards: Sequence[GuardBlock]) -> Iterator[dict[str, Any]]:
    """Requests, and in whose name they are sent."""
    senders = Counter(str(guard.table["as"]) for guard in guards if guard.table.get("as"))
    if project.service and project.service.openapi:
        usual = [name for name, _ in senders.most_common(1)] or list(actors_of(project))[:1]
        yield {"requests": "all"} | ({"as": usual[0]} if usual else {})
        return
    by_sender: dict[str, list[Any]] = {}
    for guard in guards:
        sender = str(guard.table.get("as") or "")
        entries = by_sender.setdefault(sender, [])
        entries += [entry for entry in _entries(guard) if entry not in entries]
        recording = guard.table.get("requests")
        # One that is not there is told of its own guard.
        if _is_recording(recording) and (project.root / recording).is_file():
            yield {"requests": recording} | ({"as": sender} if sender else {})
    for sender, entries in by_sender.items():
        if entries:
            yield {"requests": entries} | ({"as": sender} if sender else {})


def _is_recording(requests: object) -> TypeGuard[str]:
    return isinstance(requests, str) and requests.endswith(".har")


def _entries(guard: GuardBlock) -> Iterator[Any]:
    """The requests that a guard names, as a guard of this kind would name them."""
    bind = guard.table.get("bind") or {}
    listed = guard.table.get("requests")
    single = [guard.table] if isinstance(guard.table.get("request"), str) else []
    for entry in [*(listed if isinstance(listed, list | tuple) else ()), *single]:
        if isinstance(entry, str):
            yield {"request": entry, "bind": bind} if bind else entry
        else:
            kept = {key: entry[key] for key in _ENTRY_KEYS if key in entry}
            bound = {**bind, **(entry.get("bind") or {})}
            yield {**kept, "bind": bound} if bound else kept


def _joined(guards: Iterable[GuardBlock], key: str) -> list[Any]:
    """What all the guards list under a key, each thing once."""
    found: list[Any] = []
    for guard in guards:
        found += [item for item in guard.table.get(key) or () if item not in found]
    return found


def _allowed(guards: Iterable[GuardBlock]) -> Iterator[Mapping[str, Any]]:
    """What guards allow; what one allows of all its requests is allowed of those alone."""
    for guard in guards:
        requests = list(dict.fromkeys(_names(guard)))
        for allowance in guard.table.get("allow") or ():
            if allowance.get("request") or not requests:
                yield allowance
            else:
                yield from ({**allowance, "request": request} for request in requests)


def _bindings(guards: Iterable[GuardBlock]) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for guard in guards:
        found = {**(guard.table.get("bind") or {}), **found}
    return found


def compared(
    events: Iterator[Event], extra: Report, branch: Branch, reports: Sequence[Report]
) -> Iterator[Event]:
    """The events of a run that has the implied report in it, told with what they cover.

    Before its end comes, as Uncovered, what could not be compared and no guard names.
    """
    named = [name for report in reports for guard in report.guards for name in _names(guard)]
    untried: dict[str, str] = {}
    with closing(cast("Any", events)) as stream:
        for event in stream:
            if isinstance(event, GuardFinished) and event.report is extra:
                untried |= dict(_untried(event.verdict.scope))
                yield replace(event, verdict=_explained(event.verdict, branch, extra.path.parent))
                continue
            if isinstance(event, RunFinished):
                yield Uncovered(tuple(_uncovered(untried, named)))
            yield event


def _names(guard: GuardBlock) -> Iterator[str]:
    for entry in _entries(guard):
        yield entry if isinstance(entry, str) else str(entry.get("request", ""))


def _untried(scope: Scope) -> Iterator[tuple[str, str]]:
    """Requests that were not compared, and why: also those of a description left out before."""
    new = {note.removeprefix(NEW) for note in scope.notes if note.startswith(NEW)}
    for what, why in scope.untried:
        found = _NAMED.fullmatch(what)
        if found and found[1] in new:
            yield found[1], "it is new, so there is nothing to compare it with"
        elif found:
            yield found[1], why or found[2] or ""
    asked = {name for text in scope.tried for name in _ASKED.findall(text)}
    for note in scope.notes:
        found = _NAMED.fullmatch(note)
        if found and found[1] not in asked and note.startswith(f"{found[1]}: "):
            yield found[1], found[2]


def _uncovered(untried: Mapping[str, str], named: Sequence[str]) -> Iterator[tuple[str, str]]:
    for request, why in untried.items():
        pattern = pattern_of(request)
        if not any(pattern.fullmatch(name.partition("?")[0]) for name in named):
            yield request, why


def _explained(verdict: Verdict, branch: Branch, root: Path) -> Verdict:
    """The verdict with what it was compared with, and what no rewind undoes."""
    base = f"compared with {branch.short}, where this branch left {branch.reference}"
    notes = [base, *(f"since then: {commit}" for commit in branch.commits)]
    notes += [f"and {branch.more} more commits"] if branch.more else []
    notes += ["changes that are not committed are compared too"] if branch.uncommitted else []
    changed = [file for file in uncommitted(root) if file not in branch.uncommitted]
    if changed:
        more = " ..." if len(changed) > _MOST_FILES else ""
        notes.append(
            f"files of the project changed meanwhile, which no rewind undoes: "
            f"{', '.join(changed[:_MOST_FILES])}{more}"
        )
    scope = replace(verdict.scope, notes=(*notes, *verdict.scope.notes))
    return replace(verdict, scope=scope, findings=_with_commits(verdict.findings, branch))


def _with_commits(findings: Sequence[Finding], branch: Branch) -> tuple[Finding, ...]:
    """The findings, the first one with the commits among which the reason is to be found."""
    if not findings or not branch.commits:
        return tuple(findings)
    shown = [tuple(commit.partition(" ")[::2]) for commit in branch.commits[:_MOST_SHOWN]]
    more = len(branch.commits) + branch.more - len(shown)
    if more:
        shown.append(("...", f"{more} more"))
    table = Table(f"Commits since {branch.short}", ("commit", "subject"), tuple(shown))
    first, *rest = findings
    return (replace(first, exhibits=(*first.exhibits, table)), *rest)
