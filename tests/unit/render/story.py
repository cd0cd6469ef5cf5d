"""A run told by hand: the events that every output has to cope with."""

from __future__ import annotations

import datetime
from pathlib import Path

from twiceshy.errors import Location, ReportError
from twiceshy.model.events import (
    Event,
    GuardFinished,
    GuardStarted,
    ReportBroken,
    RunFinished,
    RunStarted,
    ScenarioPlayed,
    StageProgress,
)
from twiceshy.model.exhibits import Path as PathExhibit
from twiceshy.model.exhibits import SideBySide, Table
from twiceshy.model.report import GuardBlock, Report
from twiceshy.model.scenario import RequestTemplate, Scenario, State, Step
from twiceshy.model.verdict import Finding, Scope, Value, Verdict

ROOT = Path("/project")
REPORT = Report(
    path=ROOT / "postmortems/2020-09-22.md",
    id="2020-09-22",
    title="Depósitos pendientes de otras personas a la vista",
    date=datetime.date(2020, 9, 22),
)
GUARD = GuardBlock(
    kind="isolation",
    table={"requests": ["GET /goals"], "as": "ana", "against": "ben"},
    location=Location(REPORT.path, 42),
)
SIGNUP = Report(path=ROOT / "postmortems/signup.md", id="signup", title="Sign-ups were refused")
COMMAND = GuardBlock(kind="command", table={}, location=Location(SIGNUP.path, 7))

LEAK = Finding(
    rule="isolation.reads",
    title="With no deposits of her own, ana is shown a goal and a deposit that belong to ben.",
    request="GET /goals",
    curl='curl -i -H "Authorization: Bearer $ANA" "$SERVICE/goals"',
    actor="ana",
    owner="ben",
    state="ana has no pending deposits, ben has one",
    where="$.pending[0].goal",
    before='{"pending": []}',
    after='{"pending": [{"id": 9000001, "goal": "twiceshy-c4n4ry-goal", "amount": "7316.42"}]}',
    data=("goals.name", "deposits.id", "deposits.amount"),
    statement=(
        "SELECT d.id, g.name AS goal, d.amount FROM deposits d LEFT JOIN goals g ON g.id = "
        "d.goal_id WHERE d.user_id = $1 OR d.assigned_at IS NULL ORDER BY d.id"
    ),
    exhibits=(
        Table(
            "Rows that ana was shown and whose they are",
            ("table", "column", "value", "owner"),
            (
                ("goals", "name", "twiceshy-c4n4ry-goal", "ben"),
                ("deposits", "amount", "7316.42", "ben"),
            ),
        ),
    ),
)
COUNT = Finding(
    rule="isolation.counts",
    title="The number of pending deposits that ana is told depends on the rows of ben.",
    request="GET /goals/count",
    actor="ana",
    owner="ben",
    where="$.pending",
    before='{"pending": 0}',
    after='{"pending": 1}',
    data=("deposits",),
)
PAGE = Finding(
    rule="isolation.reads",
    title="The page of goals shows ana a goal that belongs to ben.",
    request="GET /",
    curl='curl -i "$SERVICE/"',
    actor="ana",
    owner="ben",
    exhibits=(
        SideBySide(
            "The page, without and with the rows of ben",
            "without",
            "<ul>\n  <li>Casa\n</ul>\n<p>Total: 0</p>\n",
            "with",
            "<ul>\n  <li>Casa\n  <li>twiceshy-c4n4ry-goal\n</ul>\n<p>Total: 1</p>\n",
            ("twiceshy-c4n4ry-goal",),
        ),
        PathExhibit(
            "How it reached the page",
            (
                ("GET / as ana", "answered with status 200"),
                ("the service read goals", "SELECT name FROM goals WHERE shown"),
                ("the page shows goals.name of ben", ""),
            ),
        ),
    ),
)
SCOPE = Scope(
    tried=("GET /goals as ana, with 0 and 1 rows of her own", "GET /goals/{goal_id}"),
    untried=(("POST /deposits", "the guard does not name it"),),
    notes=("GET /goals/9000001 tells by its status that the goal of somebody else exists",),
    server="PostgreSQL 18.1 (embedded)",
)
SCENARIO = Scenario(
    "GET /goals",
    "perturbed",
    State("bens-rows", "ana has no pending deposits, ben has one"),
    (Step("ana", RequestTemplate("GET", "/goals")),),
)
RECURS = GuardFinished(REPORT, GUARD, Verdict(Value.RECURS, (LEAK, COUNT), SCOPE), 4.21, "faulty")
HOLDS = GuardFinished(REPORT, GUARD, Verdict(Value.HOLDS, (), SCOPE), 3.96)
UNKNOWN = GuardFinished(
    SIGNUP,
    COMMAND,
    Verdict(
        Value.UNKNOWN,
        reasons=("The service died while it was answering POST /signup.\nexit status 139",),
        scope=Scope(server="PostgreSQL 18.1 (embedded)"),
    ),
    0.75,
)
BROKEN = ReportBroken(
    Report(path=ROOT / "postmortems/old.md", id="old", title="Old"),
    ReportError(
        "unknown key in a guard",
        location=Location(ROOT / "postmortems/old.md", 9),
        key="request",
        seen='request = "GET /goals"',
        todo='did you mean "requests"?',
    ),
)
STARTED = GuardStarted(REPORT, GUARD, "faulty")
STEP = StageProgress("starting the service", "faulty")
PLAYED = ScenarioPlayed(SCENARIO, 1, 8)


def events() -> list[Event]:
    """A run in which everything happens once."""
    return [
        RunStarted(reports=3, guards=3),
        BROKEN,
        StageProgress("starting PostgreSQL 18.1 (embedded)"),
        STEP,
        STARTED,
        PLAYED,
        ScenarioPlayed(SCENARIO, 2, 12),
        RECURS,
        GuardStarted(REPORT, GUARD),
        HOLDS,
        UNKNOWN,
        RunFinished(12.34),
    ]
