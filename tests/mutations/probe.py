"""Ask mutated copies of the example directly, without the guard under test.

Run as a program: reads lines `{"folder", "database_url", "deep"}`, answers each with a line
`{"problem", "statuses", "seen"}`. Every copy gets a child process that already holds Flask and
psycopg, so that one takes a tenth of a second. `statuses` are those of Ana's ordinary requests;
`seen`, only when `deep`, is what somebody who knows this service finds wrong with it:

- `differs`: an answer is another when others have goals and deposits, be Ana's as seeded, 0 or 1;
- `shows`: Ben's goal or reference stands in an answer to a request that names his ids;
- `writes`: rows of others are different afterwards;
- `hides`, `fails`: a thing of Ana's shows only while she has some other row, or a 5xx without it.
"""

from __future__ import annotations

import json
import os
import re
import sys
import traceback
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import flask
import psycopg
import waitress

if TYPE_CHECKING:
    from flask.testing import FlaskClient

PRELOADED = (flask, waitress)
TABLES = ("goals", "deposits", "assignments")
READS = (
    "/goals",
    "/deposits",
    "/deposits/search",
    "/deposits.csv",
    "/summary",
    "/",
    "/goals/{goal}",
    "/goals/{goal}/page",
    "/goals/{goal}/deposits/{deposit}",
    "/deposits/{deposit}",
)
WRITES = (
    ("PATCH", "/goals/{goal}", '{"name": "Casa propia"}'),
    ("POST", "/deposits/{deposit}/assign", '{"goal_id": {goal}}'),
)
REQUESTS = (*(("GET", path, "") for path in READS), *WRITES)

BENS = """
    INSERT INTO goals VALUES (9001, 2, 'CANARY-GOAL', 'moderate', 7654321.98, '2020-10-02');
    INSERT INTO deposits VALUES
        (7001, 2, 9001, 345678.91, 'CLP', 'received', '2020-10-03', 'CANARY-FIRST'),
        (7002, 2, 9001, 456789.12, 'CLP', 'received', '2020-10-04', 'CANARY-SECOND');
    INSERT INTO assignments VALUES (5001, 7002, 9001, 1234.56, '2020-10-05');
"""
NO_ASSIGNMENTS = """
    DELETE FROM assignments a USING deposits d WHERE d.id = a.deposit_id AND d.user_id = 1;
"""
NO_DEPOSITS = NO_ASSIGNMENTS + "DELETE FROM deposits WHERE user_id = 1;"
NO_GOALS = f"""
    {NO_ASSIGNMENTS}
    UPDATE deposits SET goal_id = NULL WHERE user_id = 1;
    DELETE FROM goals WHERE user_id = 1;
"""
LINKED = "UPDATE deposits SET goal_id = NULL WHERE user_id = 1"
NOBODY_ELSES = """
    DELETE FROM assignments a USING deposits d WHERE d.id = a.deposit_id AND d.user_id <> 1;
    DELETE FROM deposits WHERE user_id <> 1;
    DELETE FROM goals WHERE user_id <> 1;
"""
# What of Ana's there is. What is shown with one row of a kind must be shown without it, too.
STATES = {
    "as seeded": "",
    "0 assignments": NO_ASSIGNMENTS,
    "1 assignments": NO_ASSIGNMENTS
    + "INSERT INTO assignments VALUES (5100, 3, 3, 1000, '2020-10-01');",
    "0 deposits": NO_DEPOSITS,
    "1 deposits": NO_DEPOSITS
    + "INSERT INTO deposits VALUES (7100, 1, 3, 5000, 'CLP', 'received', '2020-10-01', 'MINE');",
    "0 goals": NO_GOALS,
    "1 goals": NO_GOALS
    + "INSERT INTO goals VALUES (9100, 1, 'Mine', 'moderate', 1000, '2020-10-01');",
    "0 deposits with a goal": f"{LINKED};",
    "1 deposits with a goal": f"{LINKED} AND id <> 3;",
}
NEW = {("goal", "9100"), ("deposit", "7100"), ("deposit", "MINE")}
OTHERS = """
    SELECT md5(string_agg(row, '|' ORDER BY row)) FROM (
        SELECT g::text AS row FROM goals g WHERE g.user_id <> 1
        UNION ALL SELECT d::text FROM deposits d WHERE d.user_id <> 1
        UNION ALL SELECT a::text FROM assignments a JOIN deposits d ON d.id = a.deposit_id
                  WHERE d.user_id <> 1
        UNION ALL SELECT a::text FROM assignments a JOIN goals g ON g.id = a.goal_id
                  WHERE g.user_id <> 1) each
"""


@dataclass(frozen=True, slots=True)
class Ids:
    """The numbers that stand in for the slots of a request."""

    goal: int
    deposit: int


class Probe:
    """The service of one copy, with Ana logged in, and a connection of ours beside it."""

    def __init__(self, client: FlaskClient, beside: psycopg.Connection[Any]) -> None:
        self._client = client
        self._beside = beside
        self._credentials = self._log_in()
        # The first copy on a database keeps the seed; all others restore it before they ask.
        for table in TABLES:
            beside.execute(f"CREATE UNLOGGED TABLE IF NOT EXISTS kept_{table} AS TABLE {table}")

    def _log_in(self) -> dict[str, str]:
        sent = {"email": "ana@example.com", "password": "pw"}
        token = self._client.post("/login", json=sent).json["token"]
        return {"Authorization": f"Bearer {token}"}

    def health(self) -> int:
        """The status of GET /health."""
        return self._client.get("/health").status_code

    def put(self, state: str) -> None:
        """The seed's rows, changed by `state`."""
        restored = "".join(f"INSERT INTO {table} TABLE kept_{table};" for table in TABLES)
        sequences = "".join(f"SELECT setval('{table}_id_seq', 1000);" for table in TABLES)
        self._beside.execute(f"TRUNCATE {', '.join(TABLES)};{restored}{sequences}{state}")

    def ask(self, request: tuple[str, str, str], ids: Ids) -> tuple[int, str]:
        """Status, and headers and body as one text."""
        method, path, body = (
            part.replace("{goal}", str(ids.goal)).replace("{deposit}", str(ids.deposit))
            for part in request
        )
        sent = {"data": body, "content_type": "application/json"} if body else {}
        answer = self._client.open(path, method=method, headers=self._credentials, **sent)
        head = "".join(f"{name}: {value}\n" for name, value in answer.headers)
        return answer.status_code, f"{answer.status_code}\n{head}\n{answer.text}"

    def mine(self) -> Ids:
        """A goal and a deposit of Ana's, the newest."""
        row = self._beside.execute(
            "SELECT (SELECT max(id) FROM goals WHERE user_id = 1), "
            "(SELECT max(id) FROM deposits WHERE user_id = 1)"
        ).fetchone()
        assert row is not None
        return Ids(row[0] or 1, row[1] or 1)

    def others(self) -> str:
        """A fingerprint of all that is not Ana's."""
        row = self._beside.execute(OTHERS).fetchone()
        assert row is not None
        return str(row[0])


def deep(probe: Probe) -> list[str]:
    """All that is wrong, each as `what: request, state`."""
    found: list[str] = []
    answers = {}
    for name, state in STATES.items():
        without = _asked(probe, state + NOBODY_ELSES, found, name)
        with_bens = _asked(probe, state + BENS, found, name)
        for what, answer in without.items():
            answers[name, what] = answer
            if with_bens[what] != answer:
                found.append(f"differs: {what}, {name}")
    found += _empty(answers)
    for name in ("as seeded", "0 deposits", "0 goals"):
        found += _foreign(probe, STATES[name], name)
    return found


def _asked(probe: Probe, state: str, found: list[str], name: str) -> dict[str, tuple[int, str]]:
    answers = {}
    for request in REQUESTS:
        what = f"{request[0]} {request[1]}"
        if request in WRITES or not answers:
            probe.put(state)
        before = probe.others()
        answers[what] = probe.ask(request, probe.mine())
        if probe.others() != before:
            found.append(f"writes: {what}, {name}")
    return answers


def _empty(answers: dict[tuple[str, str], tuple[int, str]]) -> list[str]:
    found = []
    for (name, what), (status, text) in answers.items():
        if not name.startswith("1"):
            continue
        empty, empty_text = answers["0" + name[1:], what]
        if status < 500 <= empty:
            found.append(f"fails: {what}, 0{name[1:]}")
        about_other_rows = "assignments" in name or "with" in name
        if about_other_rows and status // 100 != empty // 100:
            found.append(f"hides: {what}, 0{name[1:]}")
        if not shown(what, text) - NEW <= shown(what, empty_text):
            found.append(f"hides: {what}, 0{name[1:]}")
    return found


def shown(what: str, text: str) -> set[tuple[str, str]]:
    """The goals and deposits that an answer lists."""
    status, body = text[:3], text.partition("\n\n")[2]
    goals: list[str] = []
    deposits: list[str] = []
    if status != "200":
        return set()
    if what == "GET /":
        goals = re.findall(r'href="/goals/(\d+)/page"', body)
        deposits = re.findall(r'action="/deposits/(\d+)/invest"', body)
    elif what == "GET /deposits.csv":
        deposits = re.findall(r"^\S+T\S+?,(.*?),", body, re.MULTILINE)
    elif what == "GET /goals":
        goals = [str(one["id"]) for one in json.loads(body)["goals"]]
        deposits = [str(one["id"]) for one in json.loads(body)["pending"]]
    elif what in {"GET /deposits", "GET /deposits/search"}:
        deposits = [str(one["id"]) for one in json.loads(body)["deposits"]]
    return {("goal", each) for each in goals} | {("deposit", each) for each in deposits}


def _foreign(probe: Probe, state: str, name: str) -> list[str]:
    found = []
    probe.put(state + BENS)
    mine, before = probe.mine(), probe.others()
    swapped = [Ids(9001, mine.deposit)]
    swapped += [Ids(goal, deposit) for goal in (mine.goal, 9001) for deposit in (7001, 7002)]
    for request in REQUESTS:
        for ids in swapped if "{" in request[1] else ():
            if request in WRITES:
                probe.put(state + BENS)
            _, text = probe.ask(request, ids)
            what = f"{request[0]} {request[1]}, {name}, {ids.goal} {ids.deposit}"
            if "CANARY" in text:
                found.append(f"shows: {what}")
            if probe.others() != before:
                found.append(f"writes: {what}")
    return found


def _answer(job: dict[str, Any]) -> dict[str, Any]:
    os.environ["DATABASE_URL"] = job["database_url"]
    os.chdir(job["folder"])
    sys.path.insert(0, job["folder"])
    from deposits import pending
    from deposits.server import create_app

    with psycopg.Connection.connect(job["database_url"], autocommit=True) as beside:
        probe = Probe(create_app(pending).test_client(), beside)
        statuses = {"GET /health": probe.health()}
        statuses |= {what: status for what, (status, _) in _asked(probe, "", [], "").items()}
        return {"statuses": statuses, "seen": deep(probe) if job["deep"] else [], "problem": ""}


def _in_child(job: dict[str, Any]) -> None:
    child = os.fork()
    if child == 0:
        try:
            answer = _answer(job)
        except BaseException:  # noqa: BLE001 - whatever a mutated service does is an answer
            answer = {"statuses": {}, "seen": [], "problem": traceback.format_exc()}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
        os._exit(0)
    os.waitpid(child, 0)


if __name__ == "__main__":
    for line in sys.stdin:
        _in_child(json.loads(line))
