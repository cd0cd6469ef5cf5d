"""The tests that the service had that morning. They pass on both versions: everybody here has a
deposit waiting."""

from __future__ import annotations

import pytest
from deposits import pending as of_today
from deposits.server import create_app
from faulty import pending as of_that_morning


@pytest.fixture(params=[of_today, of_that_morning], ids=["today", "that morning"])
def client(request):
    return create_app(request.param).test_client()


def log_in(client, name):
    answer = client.post("/login", json={"email": f"{name}@example.com", "password": "pw"})
    return {"Authorization": f"Bearer {answer.json['token']}"}


@pytest.mark.parametrize(
    ("name", "waiting"),
    [
        ("ana", [("Venta del auto", "Jubilación")]),
        (
            "ben",
            [("Aguinaldo", "Pie del departamento"), ("TEF 61550 BEN S", "Bicicleta")],
        ),
        ("carla", [("Regalo abuela", None)]),
    ],
)
def test_overview_shows_the_deposits_that_wait(client, name, waiting):
    answer = client.get("/goals", headers=log_in(client, name))
    assert [(one["reference"], one["goal"]) for one in answer.json["pending"]] == waiting


def test_a_partly_invested_deposit_waits_with_what_is_left(client):
    answer = client.get("/goals", headers=log_in(client, "ben"))
    assert answer.json["pending"][0]["to_invest"] == "450000.00"


def test_page_shows_the_deposits_that_wait(client):
    page = client.get("/", headers=log_in(client, "ana")).text
    assert "Depósitos por invertir" in page
    assert "Venta del auto" in page
    assert "abuela" not in page


@pytest.mark.parametrize(
    "path", ["/deposits/5", "/goals/4", "/goals/1/deposits/5", "/goals/4/page"]
)
def test_what_belongs_to_others_cannot_be_opened(client, path):
    assert client.get(path, headers=log_in(client, "ana")).status_code == 404


@pytest.mark.parametrize(("deposit", "goal"), [(5, 1), (3, 4), (5, 4)])
def test_what_belongs_to_others_cannot_be_invested(client, deposit, goal):
    answer = client.post(
        f"/deposits/{deposit}/assign", json={"goal_id": goal}, headers=log_in(client, "ana")
    )
    assert answer.status_code == 404


def test_a_stranger_sees_nothing(client):
    assert client.get("/goals").status_code == 401
