"""Which columns could hold the request's keys: what executed plans met, then what the schema says.

Evidence comes first. A comparison of a column with a key, in whatever form, names the column; a
join carries the key on; what a first query found may be looked up by a second one. Columns of
tables that the request reads without comparing are found by foreign keys, names, domains, equal
values, and by what their values look like.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from twiceshy.guards.preexisting.arrival import is_of_one
from twiceshy.guards.preexisting.met import carried, compared, joined, opaque, written
from twiceshy.guards.preexisting.resemblance import alike, of_its_look, unique

if TYPE_CHECKING:
    from twiceshy.guards.preexisting.candidate import Candidate, Place
    from twiceshy.guards.preexisting.spec import Spec
    from twiceshy.model.history import History, Run
    from twiceshy.model.survey import Survey


def candidates(spec: Spec, survey: Survey, history: History) -> tuple[Candidate, ...]:
    """All that are known by now, each column once, the best known first."""
    runs = [run for run in history if run.scenario.world == 0 and _counts(run)]
    found: dict[Place, Candidate] = {}
    for candidate in (
        *compared(spec, survey, history, runs),
        *opaque(spec, survey, history),
    ):
        found.setdefault(candidate.place, candidate)
    for candidate in joined(survey, runs, tuple(found.values())):
        found.setdefault(candidate.place, candidate)
    own = written(spec, survey, history)
    for candidate in carried(survey, runs, found, {place[0] for place in own}):
        found.setdefault(candidate.place, candidate)
    for candidate in (*unique(survey, own), *alike(survey, runs, own, found)):
        found.setdefault(candidate.place, candidate)
    for candidate in of_its_look(survey, runs, own, found):
        found.setdefault(candidate.place, candidate)
    return tuple(candidate for candidate in found.values() if not _skipped(spec, candidate))


def _counts(run: Run) -> bool:
    return run.problem is None and is_of_one(run)


def _skipped(spec: Spec, candidate: Candidate) -> bool:
    return bool({str(candidate.table), str(candidate)} & set(spec.skip))
