"""How much memory the tool and its keeper take in a full rehearsal."""

from __future__ import annotations

import resource
import time
from pathlib import Path

import psutil
from measuring import Line, Result, show

from twiceshy.config.load import load_project
from twiceshy.model.events import GuardFinished, ScenarioPlayed
from twiceshy.rehearsal import conduct
from twiceshy.reports import read_reports

_TEXT = """\
The example `deposits`, its whole report rehearsed on the faulty version (which has the most to
tell) and on today's, in one process. The keeper is the small process that starts and ends all."""
_BUDGET = 200


def measure() -> Result:
    """Peak of both over the two rehearsals."""
    root = Path(__file__).parents[1] / "examples" / "deposits"
    project = load_project(root)
    reports = read_reports(root / project.reports)
    started = time.monotonic()
    keeper, scenarios, verdicts = 0, 0, []
    for version in ("faulty", ""):
        for event in conduct.run(project, reports, version=version):
            keeper = max(keeper, _keeper())
            scenarios += isinstance(event, ScenarioPlayed)
            if isinstance(event, GuardFinished):
                verdicts.append(str(event.verdict.value))
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    seconds = time.monotonic() - started
    text = f"{_TEXT} {scenarios} scenarios in {seconds:.1f} s; verdicts: {', '.join(verdicts)}."
    lines = [
        Line("our process, peak", f"{own:.0f} MB", budget=f"{_BUDGET} MB", met=own <= _BUDGET),
        Line("keeper, peak", f"{keeper / 2**20:.0f} MB"),
    ]
    return Result("Memory", text, lines)


def _keeper() -> int:
    sizes = [0]
    for child in psutil.Process().children():
        try:
            if any(part.endswith("keeper.py") for part in child.cmdline()):
                sizes.append(child.memory_info().rss)
        except psutil.Error:
            continue
    return max(sizes)


if __name__ == "__main__":
    show(measure)
