"""The verdict: what is wrong recurs; what could not be told is unknown; only the rest holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twiceshy.guards.conservation.curves import overview
from twiceshy.guards.conservation.plan import LINE, PEAK, TRIES, topics
from twiceshy.guards.conservation.reading import WRONGS, read
from twiceshy.guards.conservation.scope import notes, tried, untried
from twiceshy.guards.conservation.telling import finding
from twiceshy.model.strain import cuts_answers
from twiceshy.model.verdict import Scope, Value, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from twiceshy.guards.conservation.reading import Reading
    from twiceshy.guards.conservation.spec import Spec
    from twiceshy.model.history import History
    from twiceshy.model.survey import Survey


def judge(spec: Spec, survey: Survey, history: History) -> Verdict:
    """From the accounts alone; the first one that does not balance ended the run."""
    readings = tuple(read(run) for run in history)
    findings = tuple(
        finding(spec, survey, readings, reading, wrong)
        for reading in readings
        for wrong in WRONGS
        if reading.wrong.get(wrong)
    )
    reasons = tuple(dict.fromkeys(_reasons(spec, readings, found=bool(findings))))
    scope = Scope(
        tried=tuple(tried(spec, readings)),
        untried=tuple(untried(spec, readings)),
        notes=(*survey.notes, *notes(readings)),
    )
    if findings:
        return Verdict(Value.RECURS, findings, scope, reasons)
    value = Value.UNKNOWN if reasons else Value.HOLDS
    return Verdict(value, (), scope, reasons, tuple(overview(spec, readings)))


def _reasons(spec: Spec, readings: Sequence[Reading], *, found: bool) -> Iterator[str]:
    """Why it cannot be said that all is well."""
    if not readings:
        yield "nothing was played"
        return
    doubtful = False
    for topic in (LINE, *topics(spec)):
        of_topic = [one for one in readings if one.run.scenario.topic == topic]
        if of_topic and all(one.doubts for one in of_topic):
            doubtful = True
            times = f" (played {len(of_topic)} times)" if len(of_topic) > 1 else ""
            for doubt in of_topic[-1].doubts:
                yield f"{_at(topic)}: {doubt}{times}"
        elif not of_topic and not found and not doubtful:
            yield f"{_at(topic)}: it was not played"
    if not found and not doubtful:
        yield from _vacuous(readings)


def _at(topic: str) -> str:
    return {LINE: "one after the other", PEAK: "at peak"}.get(topic, topic)


def _vacuous(readings: Sequence[Reading]) -> Iterator[str]:
    """Faults that cut answers off, and no answer was ever cut off: nothing was put to the test."""
    faults = [
        (reading, fault)
        for reading in readings
        if reading.run.scenario.strain is not None
        for fault in reading.run.scenario.strain.faults
    ]
    if any(cuts_answers(fault) for _, fault in faults) and not any(
        reading.cut_off for reading, _ in faults
    ):
        yield (
            "no request was left without a clear answer by any fault, so no retry met a key that "
            f"was there already, although each fault was tried up to {TRIES} times"
        )
