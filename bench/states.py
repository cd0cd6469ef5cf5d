"""What one state of the guard `preexisting` costs beyond the time that the service takes itself."""

from __future__ import annotations

from pathlib import Path

from measuring import Line, Result, Sample, beyond, last, show

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
    controls: list[tuple[float, float]] = []
    states: list[tuple[float, float]] = []
    try:
        list(scene.open())
        survey = last(survey_of(kind.asks(spec), project, scene))
        counted = survey.ownership.owned_tables
        for _ in range(_ROUNDS):
            history = ()
            # Each guard meets its rows for the first time.
            planter = scene.stage.planter
            planter._resolved.clear()  # noqa: SLF001 - nobody else wants to forget
            planter._rows.clear()  # noqa: SLF001 - as above
            while scenarios := kind.next(spec, survey, history):
                for scenario in scenarios:
                    took = beyond(scene, Freshness(survey, counted).play(scene, scenario))
                    history = (*history, scene.run)
                    if not scenario.at_once:
                        (controls if scenario.role == "control" else states).append(took)
    finally:
        scene.close()
    for what, values in (("no rows", controls), ("rows of its own", states)):
        sample = Sample([wall for wall, _ in values])
        met = sample.median <= _BUDGET
        line = Line(f"{what}, overhead", str(sample), budget=f"{_BUDGET:g} ms", met=met)
        result.lines.append(line)
        worked = Sample([worked for _, worked in values])
        result.lines.append(Line(f"{what}, processor time of ours", str(worked)))
    return result


if __name__ == "__main__":
    show(measure)
