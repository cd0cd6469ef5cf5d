"""A campaign: many such requests at once, of which a share is known elsewhere."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from itertools import count
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from twiceshy.guards.body import leaves, tree
from twiceshy.guards.preexisting.arrival import RUSH, arrival, first_number, varied
from twiceshy.guards.preexisting.candidates import candidates
from twiceshy.guards.preexisting.spelling import SEEN
from twiceshy.guards.preexisting.states import Situation, elsewhere, plants
from twiceshy.model.exhibits import Table
from twiceshy.model.history import NoReply, Reply
from twiceshy.model.scenario import Plant, Scenario, State

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twiceshy.guards.preexisting.spec import Campaign, Spec
    from twiceshy.model.history import History, Observation
    from twiceshy.model.survey import Survey

_KNOWN = "known"
_MOST_REASONS = 5
_LONGEST = 60
# A shorter value may stand in a text by chance.
_TELLING = 4


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
    at_once = asked.played if asked.rate else asked.together
    for start in range(0, asked.played, at_once):
        steps, operations = [], []
        for place in range(start, min(start + at_once, asked.played)):
            coming = arrival(spec, survey, changed, next(numbers))
            operations += [plant for plant in coming.plants if plant not in operations]
            steps.append(coming.step)
            if not _is_known(place, share(asked.known)):
                continue
            known = plants(spec, survey, history, crowd, coming.number, coming.keys) or ()
            operations += [_for_one(plant, place) for plant in known]
            steps[-1] = replace(coming.step, key=f"{coming.number}.{_KNOWN}")
        how = f"at a rate of {asked.rate}" if asked.rate else "at once"
        state = State(RUSH, f"{len(steps)} people come {how}", tuple(operations))
        rate = a_second(asked.rate)
        yield Scenario(RUSH, "perturbed", state, tuple(steps), at_once=True, rate=rate)


def share(known: str) -> float:
    """`30 %` as 0.3."""
    return float(known.strip().rstrip("%")) / 100


def a_second(rate: str | None) -> float:
    """`30/min` as 0.5; 0 without a rate."""
    count, _, unit = (rate or "0/s").partition("/")
    return float(count) / (60 if unit.strip() == "min" else 1)


def _is_known(place: int, known: float) -> bool:
    return int((place + 1) * known + 1e-9) > int(place * known + 1e-9)


def _for_one(plant: Plant, place: int) -> Plant:
    """Rows of different people stand side by side, so they have names of their own."""
    return replace(plant, name=f"{plant.name} of {place}")


@dataclass(frozen=True, slots=True)
class Count:
    """What became of the campaign's requests.

    `sending` says how long they were being sent, `answering` how long it took until all had an
    answer, in seconds. `reasons` are the answers of those who were refused: what it said, to how
    many, and how many of these are known elsewhere.
    """

    played: int
    known: int
    refused: int
    refused_known: int
    sending: float
    answering: float
    slowest: float
    reasons: tuple[tuple[str, int, int], ...]

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
    refused = [each for each in seen if _refused(each)]
    reasons = Counter(_reason(each) for each in refused)
    of_known = Counter(_reason(each) for each in refused if _is_of_known(each))
    return Count(
        played=len(seen),
        known=sum(map(_is_of_known, seen)),
        refused=len(refused),
        refused_known=of_known.total(),
        sending=sum(max(each.sent for each in run.observations) for run in runs),
        answering=sum(max(each.sent + each.seconds for each in run.observations) for run in runs),
        slowest=max(each.seconds for each in seen),
        reasons=tuple((says, n, of_known[says]) for says, n in reasons.most_common()),
    )


def _is_of_known(seen: Observation) -> bool:
    return seen.step.key.endswith(_KNOWN)


def _refused(seen: Observation) -> bool:
    return isinstance(seen.answer, NoReply) or seen.answer.status >= 400


def _reason(seen: Observation) -> str:
    """What an answer says, in a line: its status and the first text in it, without the keys."""
    if isinstance(seen.answer, NoReply):
        return seen.answer.says
    texts = (" ".join(leaf.split()) for _, leaf in leaves(tree(seen.answer)) if leaf.strip())
    text = next(texts, "")
    for value in _sent(seen.request.body or b""):
        if len(value) >= _TELLING:
            text = text.replace(value, "…")
    cut = text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
    return f"{seen.answer.status}: {cut}" if cut else str(seen.answer.status)


def _sent(body: bytes) -> Iterator[str]:
    """The values of a request, from JSON or a form."""
    yield from (value for _, value in leaves(tree(Reply(200, body=body))))
    yield from (value for _, value in parse_qsl(body.decode("utf-8", "replace")))


def told(spec: Spec, history: History) -> str:
    """One line on the campaign; empty when none was played."""
    found, asked = counted(history), spec.campaign
    if found is None or asked is None:
        return ""
    return (
        f"a campaign: {found.played} came, {_pace(found, asked)}; "
        f"{found.known} of them are known elsewhere; {found.refused} were refused, "
        f"{found.refused_known} of these known elsewhere"
        + "".join(f"; {says} ({count})" for says, count, _ in found.reasons[:_MOST_REASONS])
    )


def _pace(found: Count, asked: Campaign) -> str:
    """At what rate they came, as it was reached, and how the answers kept up with it."""
    if not asked.rate:
        rate = found.played / found.answering if found.answering else 0.0
        return f"{asked.together} at a time, {rate:.0f} a second"
    reached = (found.played - 1) / found.sending if found.sending else 0.0
    behind = max(0.0, found.answering - found.sending)
    return (
        f"{reached:.3g} a second where {asked.rate} was asked for, the slowest answer took "
        f"{found.slowest:.2g} s and the last one came {behind:.2g} s after the last request"
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
        *(
            (f"refused with {says}", f"{count}, {known} of them known elsewhere", "")
            for says, count, known in found.reasons[:_MOST_REASONS]
        ),
        ("let in", str(found.played - found.refused), f"{asked.sign_ups - out:,}"),
    )
    columns = ("people", f"of {found.played} who were played", f"of {asked.sign_ups:,}")
    return Table("What it would make of the campaign", columns, rows)
