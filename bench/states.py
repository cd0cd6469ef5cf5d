"""What one state of the guard `preexisting` costs beyond the time that the service takes itself."""

from __future__ import annotations

from pathlib import Path

from measuring import Line, Result, Sample, show, timed

from twiceshy.config.load import load_project
from twiceshy.rehearsal.freshness import Freshness
from twiceshy.rehearsal.scene import Scene
from twiceshy.rehearsal.specs import read_spec, survey_of
from twiceshy.reports import read_reports

_TEXT = """\
The states of the first guard of the example `signup`, each with keys of its own: a row is found
that PostgreSQL accepts, planted, the sign-up sent, rest awaited, changes and executed plans
collected, everything taken back. From the time that this takes, the time until the answer is taken
off."""
_BUDGET = 3.0
_ROUNDS = 8


def measure() -> Result:
    """All states but those in which requests come at once, again and again."""
    result = Result("Overhead of a state of `preexisting`", _TEXT)
    project = load_project(Path(__file__).parents[1] / "examples" / "signup")
    (report,) = read_reports(project.root / project.reports)
    kind, spec = read_spec(report.guards[0], project)
    scene = Scene(project)
    controls: list[float] = []
    states: list[float] = []
    try:
        list(scene.open())
        survey = _last(survey_of(kind.asks(spec), project, scene))
        for _ in range(_ROUNDS):
            history = ()
            # Each guard meets its rows for the first time.
            scene.stage.planter._resolved.clear()  # noqa: SLF001 - nobody else wants to forget
            while scenarios := kind.next(spec, survey, history):
                for scenario in scenarios:
                    beyond = _beyond(scene, survey, scenario)
                    history = (*history, scene.run)
                    if not scenario.at_once:
                        (controls if scenario.role == "control" else states).append(beyond)
    finally:
        scene.close()
    for what, values in (("no rows", controls), ("rows of its own", states)):
        sample = Sample(values)
        met = sample.median <= _BUDGET
        line = Line(f"{what}, overhead", str(sample), budget=f"{_BUDGET:g} ms", met=met)
        result.lines.append(line)
    return result


def _beyond(scene, survey, scenario) -> float:
    """Milliseconds of a scenario in which nobody waited for the answer."""
    played = timed(lambda: list(Freshness(survey).play(scene, scenario)))
    return played - 1000 * sum(seen.seconds for seen in scene.run.observations)


def _last(steps):
    """What a generator returns."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


if __name__ == "__main__":
    show(measure)
