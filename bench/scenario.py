"""What a scenario costs beyond the time that the service takes itself."""

from __future__ import annotations

import http.client
import time
from pathlib import Path

from measuring import Line, Result, Sample, ratio, show, timed

from twiceshy.config.load import load_project
from twiceshy.model.history import Reply
from twiceshy.model.scenario import RequestTemplate, Scenario, State, Step
from twiceshy.rehearsal.scene import Scene

_TEXT = """\
A scenario with one `GET` on the example `deposits`: played by the stage (state applied, request
sent, rest awaited, changes and executed plans collected, everything taken back), and the same
request sent to the same service by `http.client` with the logging of plans switched off. The
overhead is the difference of the medians of both; it holds for each request."""
_BUDGET = 3.0
_BLOCKS = 8
_PLAYS = 40


def measure() -> Result:
    """A list of goals, the page with most statements (6), and the summary (2)."""
    result = Result("Overhead of a scenario", _TEXT)
    example = Path(__file__).parents[1] / "examples" / "deposits"
    scene = Scene(load_project(example))
    try:
        for _ in scene.open():
            pass
        for path, statements in (("/goals", 6), ("/summary", 2)):
            played, plain = _compare(scene, path)
            overhead = played.median - plain.median
            result.lines.append(
                Line(
                    f"`GET {path}` ({statements} statements), played",
                    str(played),
                    str(plain),
                    ratio(played, plain),
                )
            )
            result.lines.append(
                Line(
                    f"`GET {path}`, overhead",
                    f"{overhead:.2f} ms",
                    budget=f"{_BUDGET:g} ms",
                    met=overhead <= _BUDGET,
                )
            )
    finally:
        scene.close()
    return result


def _compare(scene: Scene, path: str) -> tuple[Sample, Sample]:
    template = RequestTemplate("GET", path)
    scenario = Scenario("benchmark", "control", State("as it is", ""), (Step("ana", template),))
    headers = dict(scene.client.credentials["ana"].headers)
    played: list[float] = []
    plain: list[float] = []
    for _ in range(_BLOCKS):
        _logging(scene, on=True)
        played += [timed(lambda: _play(scene, scenario)) for _ in range(_PLAYS)]
        _logging(scene, on=False)
        plain += [timed(lambda: _send(scene, path, headers)) for _ in range(_PLAYS)]
    return Sample(played), Sample(plain)


def _play(scene: Scene, scenario: Scenario) -> None:
    for _ in scene.play(scenario):
        pass
    (seen,) = scene.run.observations
    assert isinstance(seen.answer, Reply)
    assert seen.answer.status == 200


def _send(scene: Scene, path: str, headers: dict[str, str]) -> None:
    conn = http.client.HTTPConnection("127.0.0.1", scene.stage.port)
    conn.request("GET", path, headers=headers)
    answer = conn.getresponse()
    assert answer.status == 200
    answer.read()
    conn.close()


def _logging(scene: Scene, *, on: bool) -> None:
    """Switch the evidence on or off, and wait until the service's sessions have heard of it."""
    with scene.stage.server.connect("postgres") as conn:
        for name, value in (("auto_explain.log_min_duration", "-1"), ("log_statement", "none")):
            change = f"RESET {name}" if on else f"SET {name} = '{value}'"
            conn.execute(f"ALTER DATABASE {scene.stage.database} {change}")
    list(scene.restart())
    _warm_up(scene)


def _warm_up(scene: Scene) -> None:
    headers = dict(scene.client.credentials["ana"].headers)
    for _ in range(10):
        _send(scene, "/goals", headers)
    time.sleep(0)


if __name__ == "__main__":
    show(measure)
