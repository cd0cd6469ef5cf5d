"""Why it cannot be told whether answers keep their shape. A doubt makes `holds` impossible."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twiceshy.guards.contract.asking import Asking, line_of
from twiceshy.guards.contract.comparing import noise_of, unsettled
from twiceshy.guards.contract.controls import RECORDED, VERSIONS, WITHOUT, is_state
from twiceshy.guards.contract.measuring import REFUSES
from twiceshy.guards.contract.reading import BROKEN
from twiceshy.guards.contract.recording import SnapshotError, read
from twiceshy.guards.contract.shapes import Shape, Unread, shape_of
from twiceshy.model.history import NoReply, Reply
from twiceshy.model.scenario import STORAGE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from twiceshy.guards.contract.accusations import Accusation
    from twiceshy.guards.contract.spec import Spec
    from twiceshy.model.history import History, Observation, Run
    from twiceshy.model.survey import Survey

_LOGGED_OUT = 401
_REDIRECT = 3
_TURNED_AWAY = frozenset({429, 503})
_LOGIN = ("login", "signin", "sign-in", "sign_in", "/auth")
_MOST_SAID = 120
_FAMILIES = {
    VERSIONS: "the baseline",
    RECORDED: "what was recorded",
    WITHOUT: "data missing",
    STORAGE: "other storage",
}


def doubts(
    spec: Spec, survey: Survey, history: History, compared: Sequence[Accusation]
) -> Iterator[str]:
    """Each doubt as a sentence that names the request where there is one.

    `compared` is all that could be compared at first.
    """
    yield from _nothing_to_do(spec, survey)
    usable = {number for number, _ in Asking(spec, survey).usable()}
    for number, facts in enumerate(survey.requests):
        if number not in usable and facts.named:
            yield f"{facts.template}: {facts.problem}"
    if not usable:
        return
    if not history:
        yield "nothing was played"
        return
    yield from dict.fromkeys(
        run.problem
        for run in history
        if run.problem and not (is_state(run) and not run.scenario.world)
    )
    yield from incomparable(spec, survey, history, compared, named=True)
    if not compared:
        yield "no answer could be compared with another"
    yield from dict.fromkeys(says for run in history for says in _troubles(survey, run))


def _nothing_to_do(spec: Spec, survey: Survey) -> Iterator[str]:
    if not survey.requests:
        yield "there is no request to compare"
    if not (spec.baseline or spec.storage or spec.missing):
        yield "there is nothing to compare with: give a baseline or storage, or missing = true"
    if spec.storage and not survey.storages:
        yield "none of the other storage back ends could be tried"
    if spec.baseline_file and survey.recorded is None:
        yield f"{spec.baseline_file} is not there yet; `twiceshy record` writes it"
    elif spec.baseline_file:
        try:
            if not read(survey.recorded or ""):
                yield f"{spec.baseline_file} has no answers in it; `twiceshy record` writes it"
        except SnapshotError as problem:
            yield f"{spec.baseline_file} cannot be read: {problem}"


def incomparable(
    spec: Spec,
    survey: Survey,
    history: History,
    compared: Sequence[Accusation],
    *,
    named: bool,
) -> Iterator[str]:
    """Requests of which nothing could be compared with the baseline, or on some storage, and why.

    Each as `GET /goals: reason`.
    """
    for number, facts in Asking(spec, survey).usable():
        if facts.named != named:
            continue
        for family in _families(spec, survey):
            told = _why_not(survey, history, compared, family, number)
            if told:
                yield f"{line_of(facts.template)}: {told}"


def _families(spec: Spec, survey: Survey) -> Iterator[str]:
    if spec.baseline_version:
        yield VERSIONS
    if spec.baseline_file and survey.recorded is not None:
        yield RECORDED
    if spec.missing:
        yield WITHOUT
    yield from (f"{STORAGE}{name}" for name in survey.storages)


def _why_not(
    survey: Survey, history: History, done: Sequence[Accusation], family: str, number: int
) -> str:
    """Why a request was not compared in that way; "" when it was."""
    runs = [
        run for run in history if run.scenario.topic.startswith(family) and not run.scenario.world
    ]
    compared = [
        one
        for one in done
        if one.topic.startswith(family) and one.seen.step.number == number and _tells(one)
    ]
    asked = [seen for run in runs for seen in run.observations if seen.step.number == number]
    controls = [
        seen
        for run in runs
        if run.scenario.role == "control" or family == RECORDED
        for seen in run.observations
        if seen.step.number == number
    ]
    if compared:
        return _only_broken(compared)
    shapes = [shape for seen in controls if isinstance(shape := shape_of(seen.answer), Shape)]
    differs = unsettled(noise_of(shapes)) if shapes else ""
    if differs:
        return f"is not answered in one way: {differs}"
    if family == WITHOUT:
        return _no_state(survey, controls, number)
    what = _FAMILIES.get(family, family.replace("storage:", "storage "))
    if not asked:
        return f"could not be asked, to compare it with {what}"
    unread = [shape.says for seen in asked if isinstance(shape := shape_of(seen.answer), Unread)]
    if unread:
        return f"nothing is known of an answer: {unread[0]}"
    if family == RECORDED:
        return "was not recorded; `twiceshy record` does it"
    return _bad_control(controls, what)


def _tells(one: Accusation) -> bool:
    """Whether a comparison says anything: that nothing is refused but what was, does not."""
    return one.before.status_class < REFUSES or bool(one.broken)


def _only_broken(compared: Sequence[Accusation]) -> str:
    broken = [
        one for one in compared if BROKEN in one.before.sort and one.before.sort == one.after.sort
    ]
    if len(broken) < len(compared):
        return ""
    return f"its answer is {broken[0].before.sort}, so nothing inside was compared"


def _no_state(survey: Survey, controls: Sequence[Observation], number: int) -> str:
    """A request that reads no table has no data that could be missing: then all is well."""
    good = [s for s in controls if isinstance(s.answer, Reply) and s.answer.status_class < REFUSES]
    if not good:
        return _bad_control(controls, "data missing")
    shape = shape_of(good[0].answer)
    if isinstance(shape, Unread):
        return f"nothing is known of an answer: {shape.says}"
    if not survey.requests[number].reads and not any(seen.reads for seen in good):
        return ""
    return "" if survey.catalogue.tables else "the database has no tables"


def _bad_control(controls: Sequence[Observation], what: str) -> str:
    if not controls:
        return f"could not be asked, to compare it with {what}"
    answer = controls[0].answer
    if isinstance(answer, NoReply):
        return f"got no answer to compare with {what}: {answer.says}"
    if answer.status_class < REFUSES:
        return f"has no answer to compare with {what}"
    text = " ".join(answer.body.decode("utf-8", "replace").split())
    said = f'; it said "{text[:_MOST_SAID]}"' if text and not text.startswith("<") else ""
    return f"never got a good answer to compare with {what} (status {answer.status}{said})"


def _troubles(survey: Survey, run: Run) -> Iterator[str]:
    """What keeps single answers from telling anything."""
    for seen in run.observations:
        request, answer = seen.step.template, seen.answer
        if not survey.requests[seen.step.number].named:
            continue
        if seen.stale:
            yield f"{request}: answered without reading the data"
        if isinstance(answer, NoReply):
            continue
        if answer.status in _TURNED_AWAY:
            yield f"{request}: turned away, perhaps for asking too often (status {answer.status})"
        elif seen.step.actor is not None and not is_state(run) and _is_logged_out(answer):
            yield f"{request}: {seen.step.actor} was not logged in (status {answer.status})"


def _is_logged_out(answer: Reply) -> bool:
    """Whether somebody was asked to log in; no answer but that one would be compared."""
    location = (answer.header("location") or "").lower()
    sent = answer.status_class == _REDIRECT and any(word in location for word in _LOGIN)
    return answer.status == _LOGGED_OUT or sent
