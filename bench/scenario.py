"""What one scenario costs beyond the service's own time, and how much memory a rehearsal takes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import psutil
from measure import Row, Timing, against, timed

from twiceshy.config.load import load_project
from twiceshy.model.events import GuardFinished
from twiceshy.model.scenario import Plant, RequestTemplate, Scenario, State, Step
from twiceshy.model.schema import QName
from twiceshy.rehearsal import conduct
from twiceshy.rehearsal.scene import Scene
from twiceshy.reports import read_reports
from twiceshy.traffic.exchange import exchange

if TYPE_CHECKING:
    from collections.abc import Iterator

EXAMPLE = Path(__file__).parents[1] / "examples" / "deposits"
LIST = RequestTemplate("GET", "/summary")
BUDGET = 0.003
MEMORY = 200


def rows() -> Iterator[Row]:
    """Each measurement as one row of the table."""
    scene = Scene(load_project(EXAMPLE))
    try:
        for _ in scene.open():
            pass
        yield from _overhead(scene)
    finally:
        scene.close()
    yield from _whole()


def _overhead(scene: Scene) -> Iterator[Row]:
    goals = QName("public", "goals")
    plant = Plant("ana.goals.1", goals, "ana", values=(("user_id", "1"),))
    state = State("one", "one more goal", (plant,))
    scenario = Scenario("bench", "control", state, (Step("ana", LIST),))
    headers = scene.credentials["ana"].headers
    request = LIST.fill({})

    def play() -> None:
        for _ in scene.play(scenario):
            pass

    def ask() -> None:
        exchange("127.0.0.1", scene.stage.port, request, headers=headers, timeout=10)

    timed(play, 20)
    timed(ask, 20)
    ours, peer = timed(play, 200), timed(ask, 200)
    beyond = ours.median - peer.median
    row = against(
        "a scenario (plant a row, one GET, evidence, changes, rewind); peer: the same GET alone",
        ours, peer, f"≤ {BUDGET * 1000:g} ms beyond: {beyond * 1000:.2f} ms", met=beyond <= BUDGET,
    )  # fmt: skip
    yield Row(row.what, row.ours, row.peer, f"+ {beyond * 1000:.2f} ms", row.budget)


def _whole() -> Iterator[Row]:
    project = load_project(EXAMPLE)
    reports = read_reports(project.root / project.reports)
    for version in ("faulty", ""):
        finished: list[GuardFinished] = []

        def rehearse(version: str = version, finished: list[GuardFinished] = finished) -> None:
            events = list(conduct.run(project, reports, version=version))
            finished += [event for event in events if isinstance(event, GuardFinished)]

        timing: Timing = timed(rehearse, 1)
        verdict = finished[0].verdict
        scenarios = next(text for text in verdict.scope.tried if text.endswith("scenarios played"))
        name = version or "today"
        yield Row(f"example deposits, {name}: {verdict.value}, {scenarios}", str(timing))
    used = psutil.Process().memory_info().rss / 2**20
    met = "met" if used <= MEMORY else "missed"
    yield Row(
        "our own process after two rehearsals", f"{used:.0f} MB", budget=f"≤ {MEMORY} MB ({met})"
    )
