"""Twelve changes that anybody may make to the service without showing a thing that is not mine."""

from __future__ import annotations

from mutations.patch import Mutation, Patch

API = "deposits/api.py"
GOALS = "deposits/goals.py"
LEDGER = "deposits/ledger.py"
PAGES = "deposits/pages.py"
SERVER = "deposits/server.py"
OVERVIEW = "deposits/templates/overview.html"


def harmless() -> tuple[Mutation, ...]:
    """Each must leave the verdict of the isolation guard at `holds`."""
    return (*_SHAPE, *_NOISE, *_OWN_DATA)


def _after_request(line: str) -> Patch:
    return Patch(SERVER, "        return answer\n", f"        {line}\n        return answer\n")


def _import(file: str, module: str, before: str) -> Patch:
    return Patch(file, before, f"import {module}\n{before}")


_SHAPE = (
    Mutation(
        "key-order",
        "keys of JSON objects in alphabetical order",
        (Patch(SERVER, "sort_keys = False", "sort_keys = True"),),
    ),
    Mutation(
        "pagination",
        "GET /deposits answers in an envelope with pages",
        (
            Patch(
                API,
                'jsonify({"deposits": ledger.of_user(user), "totals": ledger.totals(user)})',
                'jsonify({"page": {"number": 1, "of": 1, "items": ledger.of_user(user)}, '
                '"next": None, "totals": ledger.totals(user)})',
            ),
        ),
    ),
    Mutation(
        "markup",
        "other labels, attributes and white space in the overview",
        (
            Patch(OVERVIEW, "<h2>Objetivos</h2>", '<h2 class="title">\n    Mis objetivos\n  </h2>'),
            Patch(OVERVIEW, "<h2>Depósitos por invertir</h2>", "<h2>Por invertir</h2>\n\n\n"),
        ),
    ),
    Mutation(
        "cache-header",
        "answers may be kept for a minute by the browser",
        (Patch(SERVER, '"no-store"', '"private, max-age=60"'),),
    ),
)

_NOISE = (
    Mutation(
        "timestamp",
        "GET /goals says when it was asked",
        (
            _import(API, "datetime", "import io\n"),
            Patch(
                API,
                '        "pending": waiting,\n',
                '        "pending": waiting,\n'
                '        "as_of": datetime.datetime.now(datetime.UTC),\n',
            ),
        ),
    ),
    Mutation(
        "random-id",
        "each goal in GET /goals carries a fresh random id for the browser",
        (
            _import(GOALS, "uuid", "\nfrom deposits import database\n"),
            Patch(
                GOALS,
                '        goal["latest"] =',
                '        goal["view_id"] = str(uuid.uuid4())\n        goal["latest"] =',
            ),
        ),
    ),
    Mutation(
        "request-id",
        "every answer has a random X-Request-Id",
        (
            _import(SERVER, "uuid", "from typing import Any, Protocol\n"),
            _after_request('answer.headers["X-Request-Id"] = uuid.uuid4().hex'),
        ),
    ),
    Mutation(
        "shuffled",
        "my goals come in another order each time",
        (Patch(GOALS, "ORDER BY g.created_at, g.id", "ORDER BY random()"),),
    ),
    Mutation(
        "slow",
        "some answers take a twentieth of a second longer",
        (
            _import(SERVER, "random\nimport time", "from typing import Any, Protocol\n"),
            _after_request("time.sleep(random.choice([0, 0, 0, 0.05]))"),
        ),
    ),
)

_OWN_DATA = (
    Mutation(
        "own-field",
        "GET /goals says how much of each goal is missing",
        (
            Patch(
                GOALS,
                "count(a.id) AS assignments\n",
                "count(a.id) AS assignments,\n"
                "           g.target - coalesce(sum(a.amount), 0) AS missing\n",
            ),
        ),
    ),
    Mutation(
        "own-nested",
        "GET /deposits/{deposit_id} carries its owner, who is me",
        (
            Patch(
                API,
                "return {**deposit,",
                'return {**deposit, "owner": ledger.owner(current_user()),',
            ),
            Patch(
                LEDGER,
                "def summary(",
                "def owner(user_id: int) -> database.Row | None:\n"
                '    query = "SELECT u.name, u.email FROM users u WHERE u.id = %(user_id)s"\n'
                "    return database.row(query, user_id=user_id)\n\n\n"
                "def summary(",
            ),
        ),
    ),
    Mutation(
        "own-query",
        "the overview page also asks for my deposits, and shows how many there are",
        (
            Patch(
                PAGES,
                "        activity=ledger.activity(user),\n",
                "        activity=ledger.activity(user),\n        deposits=ledger.of_user(user),\n",
            ),
            Patch(
                OVERVIEW,
                "<h1>Tus objetivos</h1>",
                "<h1>Tus objetivos</h1>\n<p>{{ deposits | length }} depósitos en total</p>",
            ),
        ),
    ),
)
