"""Labelled scripts: what a rehearsal says of them, what a linter says, and how long each takes.

The cases lie beside this project (`../shared/corpus/locks`), or in the folder that LOCK_CASES
names: a folder a case, with `script.sql`, `label.json` and possibly a `schema.sql` of its own.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from measuring import Line, Result, Sample, show, timed

from twiceshy.config.project import Database, Project
from twiceshy.errors import Location
from twiceshy.model.events import GuardFinished, ScriptConcluded
from twiceshy.model.report import GuardBlock, Report
from twiceshy.rehearsal import conduct
from twiceshy.stage.scripts.clones import Clones
from twiceshy.stage.scripts.phases import PhasePlay
from twiceshy.stage.scripts.waiting import MODES

_TEXT = """\
Scripts with labels that were measured beforehand: "blocks" is whether live queries wait behind the
script by itself, "strict" whether it also queues, breaks a query or fails. Ours rehearses each at
100,000 rows, on one server for all; the first script of each schema also waits for that schema. The
peer is squawk, which reads the text alone; any finding of its counts. "Modes" is the share of
tables whose strongest lock is the labelled one."""
_ROWS = "100000"
_FLOOR = 0.97


@dataclass
class _Seen:
    """What was said of one case."""

    label: dict[str, Any]
    squawk: bool
    ours: Any = None
    seconds: float = 0.0


@dataclass
class _Clock:
    """How long parts of the rehearsals took, in milliseconds."""

    traces: list[float] = field(default_factory=list)
    clones: list[float] = field(default_factory=list)

    def install(self) -> None:
        self._measure(PhasePlay, "_trace", self.traces)
        self._measure(Clones, "_copy", self.clones)

    @staticmethod
    def _measure(owner: type, name: str, into: list[float]) -> None:
        act = getattr(owner, name)

        def measured(*values: Any) -> Any:
            found = []
            into.append(timed(lambda: found.append(act(*values))))
            return found[0]

        setattr(owner, name, measured)


def measure() -> Result:
    """All cases, those of one schema together."""
    result = Result("Scripts that lock", _TEXT)
    folder = _folder()
    cases = sorted(case for case in folder.glob("*/") if (case / "label.json").exists())
    if not cases:
        result.text += "\n\nThere are no labelled cases beside this project."
        return result
    clock = _Clock()
    clock.install()
    seen = {case: _Seen(*_labelled(case)) for case in cases}
    by_schema: dict[Path, list[Path]] = defaultdict(list)
    for case in cases:
        own = case / "schema.sql"
        by_schema[own if own.exists() else folder / "schema.sql"].append(case)
    for schema, group in by_schema.items():
        _rehearse(schema, group, seen)
    result.lines = _lines([*seen.values()], clock)
    return result


def _folder() -> Path:
    beside = Path(__file__).parents[2] / "shared" / "corpus" / "locks"
    return Path(os.environ.get("LOCK_CASES", beside))


def _labelled(case: Path) -> tuple[dict[str, Any], bool]:
    label = json.loads((case / "label.json").read_text(encoding="utf-8"))
    squawk = shutil.which("squawk") or str(Path(sys.executable).with_name("squawk"))
    words = [squawk, "--reporter", "json", str(case / "script.sql")]
    if label["runner"] == "single_txn":
        words.insert(1, "--assume-in-transaction")
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    return label, bool(json.loads(done.stdout or "[]"))


def _rehearse(schema: Path, cases: list[Path], seen: dict[Path, _Seen]) -> None:
    guards = tuple(
        GuardBlock(
            "locks",
            {
                "kind": "locks",
                "script": str(case / "script.sql"),
                "single_transaction": seen[case].label["runner"] == "single_txn",
            },
            Location(case / "script.sql", 1),
        )
        for case in cases
    )
    database = Database(schema_files=(str(schema),), settings={"lab.rows": _ROWS})
    project = Project(root=schema.parent, file=schema.parent / "none.toml", database=database)
    waiting = iter(cases)
    case = next(waiting)
    for event in conduct.run(project, (Report(schema, "", "scripts", guards=guards),)):
        if isinstance(event, ScriptConcluded):
            seen[case].ours = event.conclusion
        elif isinstance(event, GuardFinished):
            seen[case].seconds = event.seconds
            case = next(waiting, case)


def _lines(seen: list[_Seen], clock: _Clock) -> list[Line]:
    unsafe = [one.label["verdict"] == "unsafe" for one in seen]
    strict = [one.label["verdict_strict"] == "unsafe" for one in seen]
    theirs = [one.squawk for one in seen]
    blocks = [bool(one.ours and one.ours.blocks) for one in seen]
    recurs = [bool(one.ours and one.ours.value.value == "recurs") for one in seen]
    right, modes = _modes(seen)
    traces = Sample(clock.traces)
    full = Sample([one.seconds for one in seen], unit="s")
    share = right / max(1, modes)
    return [
        *_rates("blocks", blocks, theirs, unsafe),
        *_rates("strict", recurs, theirs, strict),
        Line("modes", f"{share:.3f} ({right} of {modes})", "", "", "0.99", share >= 0.99),
        Line("trace alone, on a clone", str(traces), budget="300 ms", met=traces.median <= 300),
        Line("a clone", str(Sample(clock.clones))),
        Line("full rehearsal", str(full), budget="10 s", met=full.median <= 10),
    ]


def _rates(what: str, ours: list[bool], theirs: list[bool], true: list[bool]) -> list[Line]:
    lines = []
    pairs = zip(("precision", "recall"), _rate(ours, true), _rate(theirs, true), strict=True)
    for name, own, other in pairs:
        met = own >= _FLOOR
        lines.append(Line(f"{what}: {name}", f"{own:.3f}", f"{other:.3f}", "", f"{_FLOOR}", met))
    return lines


def _rate(said: list[bool], true: list[bool]) -> tuple[float, float]:
    both = sum(one and other for one, other in zip(said, true, strict=True))
    return both / max(1, sum(said)), both / max(1, sum(true))


def _modes(seen: list[_Seen]) -> tuple[int, int]:
    right = total = 0
    for one in seen:
        strongest: dict[str, str] = {}
        for statement in one.ours.statements if one.ours else ():
            for name, modes in statement.locks.items():
                known = strongest.get(name, MODES[0])
                strongest[name] = max([*modes, known], key=MODES.index)
        for name, wanted in one.label["tables"].items():
            if wanted.get("lock"):
                total += 1
                right += strongest.get(name) == wanted["lock"]
    return right, total


if __name__ == "__main__":
    show(measure)
