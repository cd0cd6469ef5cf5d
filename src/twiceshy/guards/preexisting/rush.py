"""A campaign: many such requests at once, of which a share is known elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import count
from typing import TYPE_CHECKING

from twiceshy.guards.preexisting.arrival import RUSH, arrival, first_number, varied
from twiceshy.guards.preexisting.candidates import candidates
from twiceshy.guards.preexisting.spelling import SEEN
from twiceshy.guards.preexisting.states import Situation, elsewhere, plants
from twiceshy.model.exhibits import Table
from twiceshy.model.history import NoReply
from twiceshy.model.scenario import Plant, Scenario, State

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twiceshy.guards.preexisting.spec import Spec
    from twiceshy.model.history import History, Observation
    from twiceshy.model.survey import Survey

_KNOWN = "known"


def rush(spec: Spec, survey: Survey, history: History) -> Iterator[Scenario]:
    """The campaign's requests, so many at a time; the known ones are spread among the others."""
    asked = spec.campaign
    known_columns = candidates(spec, survey, history)
    rows = tuple(
        row
        for row in elsewhere(spec, survey, history, known_columns)
        if row.candidate.form != SEEN and row.candidate.behind is None
    )
    if asked is None or not rows:
        return
    changed = varied(spec, survey, history)
    numbers = count(first_number(0, len(history)))
    crowd = Situation(RUSH, "", rows, frozenset())
    for start in range(0, asked.played, asked.together):
        steps, operations = [], []
        for place in range(start, min(start + asked.together, asked.played)):
            coming = arrival(spec, survey, changed, next(numbers))
            operations += [plant for plant in coming.plants if plant not in operations]
            steps.append(coming.step)
            if not _is_known(place, share(asked.known)):
                continue
            known = plants(spec, survey, history, crowd, coming.number, coming.keys) or ()
            operations += [_for_one(plant, place) for plant in known]
            steps[-1] = replace(coming.step, key=f"{coming.number}.{_KNOWN}")
        state = State(RUSH, f"{len(steps)} people come at once", tuple(operations))
        yield Scenario(RUSH, "perturbed", state, tuple(steps), at_once=True)


def share(known: str) -> float:
    """`30 %` as 0.3."""
    return float(known.strip().rstrip("%")) / 100


def _is_known(place: int, known: float) -> bool:
    return int((place + 1) * known + 1e-9) > int(place * known + 1e-9)


def _for_one(plant: Plant, place: int) -> Plant:
    """Rows of different people stand side by side, so they have names of their own."""
    return replace(plant, name=f"{plant.name} of {place}")


@dataclass(frozen=True, slots=True)
class Count:
    """What became of the campaign's requests."""

    played: int
    known: int
    refused: int
    refused_known: int
    seconds: float

    def of(self, sign_ups: int, known: float) -> int:
        """How many of so many people would be refused, of whom such a share is known."""
        strangers = self.played - self.known
        refused_strangers = (self.refused - self.refused_known) / strangers if strangers else 0.0
        refused_known = self.refused_known / self.known if self.known else 0.0
        return round(sign_ups * (known * refused_known + (1 - known) * refused_strangers))


def counted(history: History) -> Count | None:
    """What became of the campaign; None when none was played."""
    runs = [run for run in history if run.scenario.topic == RUSH and run.observations]
    seen = [each for run in runs for each in run.observations]
    if not seen:
        return None
    known = [each for each in seen if each.step.key.endswith(_KNOWN)]
    return Count(
        played=len(seen),
        known=len(known),
        refused=sum(map(_refused, seen)),
        refused_known=sum(map(_refused, known)),
        seconds=sum(max(each.seconds for each in run.observations) for run in runs),
    )


def _refused(seen: Observation) -> bool:
    return isinstance(seen.answer, NoReply) or seen.answer.status >= 400


def told(spec: Spec, history: History) -> str:
    """One line on the campaign; empty when none was played."""
    found, asked = counted(history), spec.campaign
    if found is None or asked is None:
        return ""
    rate = found.played / found.seconds if found.seconds else 0.0
    return (
        f"a campaign: {found.played} came, {asked.together} at a time, {rate:.0f} a second; "
        f"{found.known} of them are known elsewhere; {found.refused} were refused, "
        f"{found.refused_known} of these known elsewhere"
    )


def exhibit(spec: Spec, history: History) -> Table | None:
    """The campaign as a table, with what it comes to at its real size."""
    found, asked = counted(history), spec.campaign
    if found is None or asked is None:
        return None
    out = found.of(asked.sign_ups, share(asked.known))
    rows = (
        ("known elsewhere", str(found.known), f"{asked.sign_ups * share(asked.known):,.0f}"),
        ("refused", str(found.refused), f"{out:,}"),
        ("of these known elsewhere", str(found.refused_known), ""),
        ("let in", str(found.played - found.refused), f"{asked.sign_ups - out:,}"),
    )
    columns = ("people", f"of {found.played} who were played", f"of {asked.sign_ups:,}")
    return Table("What it would make of the campaign", columns, rows)
