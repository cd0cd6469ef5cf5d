"""What one state of the guard `contract` costs, on each stage, beyond the service's own time."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

from measuring import Line, Result, Sample, beyond, last, show

from twiceshy.config.load import load_project
from twiceshy.model.scenario import BASELINE
from twiceshy.rehearsal.scenes import Scenes
from twiceshy.rehearsal.specs import read_spec, survey_of
from twiceshy.reports import read_reports

_TEXT = """\
The states of the guards of the example `preferences`, each with one of its requests: rows planted,
values changed, the request sent, rest awaited, changes and executed plans collected, everything
taken back. From the time that this takes, the time until the answer is taken off. The version under
rehearsal and the one that it is compared with share one database server."""
_BUDGET = 3.0
_ROUNDS = 6
_STAGES = {"": "the version under rehearsal", BASELINE: "the baseline beside it"}


def measure() -> Result:
    """Every state on both stages, in turn."""
    result = Result("Overhead of a state of `contract`", _TEXT)
    project = load_project(Path(__file__).parents[1] / "examples" / "preferences")
    (report,) = read_reports(project.root / project.reports)
    baseline = ""
    scenes = Scenes(project, "")
    found: dict[str, list[tuple[float, float]]] = {on: [] for on in _STAGES}
    try:
        list(scenes.go_up(scripts_only=False))
        for guard in report.guards:
            kind, spec = read_spec(guard, project)
            asked = kind.asks(spec)
            baseline = asked.baseline or baseline
            survey = last(survey_of(asked, project, scenes.main))
            for scenario in _states(kind, spec, survey, scenes.main):
                for on in _STAGES:
                    scene = last(scenes.on(on, baseline))
                    found[on].append(beyond(scene, scene.play(scenario)))
        began = time.monotonic()
        scenes._forget_baseline()  # noqa: SLF001 - to see it come up again
        last(scenes.on(BASELINE, baseline))
        up = Sample([time.monotonic() - began], "s")
    finally:
        scenes.close()
    for on, says in _STAGES.items():
        wall = Sample([wall for wall, _ in found[on]])
        met = wall.median <= _BUDGET
        figure = Line(f"{says}, overhead", str(wall), budget=f"{_BUDGET:g} ms", met=met)
        worked = Sample([worked for _, worked in found[on]])
        result.lines += [figure, Line(f"{says}, processor time of ours", str(worked))]
    result.lines.append(Line("the baseline comes up on the same server", str(up)))
    return result


def _states(kind, spec, survey, scene):
    """The scenarios of the version under rehearsal, one request each, several times."""
    history = ()
    scenarios = []
    while planned := kind.next(spec, survey, history):
        for scenario in planned:
            if scenario.on or scenario.world:
                continue
            list(scene.play(scenario))
            history = (*history, scene.run)
            if scenario.state.operations:
                scenarios += [replace(scenario, steps=(step,)) for step in scenario.steps]
        if all(scenario.on or scenario.world for scenario in planned):
            break
    return scenarios * _ROUNDS if len(scenarios) < 100 else scenarios


if __name__ == "__main__":
    show(measure)
