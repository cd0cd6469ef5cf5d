"""The tests that the service had when the campaign began, from the form to the account. They pass
on both versions: nobody in them has bought anything before."""

from __future__ import annotations

import itertools

import pytest
from faulty import known as of_that_day
from signup import known as of_today
from signup.server import create_app

PEOPLE = itertools.count(100_000_000)


@pytest.fixture(params=[of_today, of_that_day], ids=["today", "that day"])
def client(request):
    return create_app(request.param).test_client()


@pytest.fixture
def person():
    digits = str(next(PEOPLE))
    for _ in range(2):
        total = sum(int(each) * (len(digits) + 1 - place) for place, each in enumerate(digits))
        digits += str(total * 10 % 11 % 10)
    return {
        "name": "Test Person",
        "email": f"person.{digits}@example.com",
        "personal_id": f"{digits[:3]}.{digits[3:6]}.{digits[6:9]}-{digits[9:]}",
        "phone": "+55 11 95555 0100",
        "password": "correct horse",
    }


def test_somebody_signs_up(client, person):
    answer = client.post("/registrations", json={**person, "campaign": "summer"})
    assert answer.status_code == 201
    assert answer.json["email"] == person["email"]
    assert answer.json["campaign"] == "summer"


def test_somebody_joins_from_the_page(client, person):
    assert b"Summer of members" in client.get("/campaigns/summer").data
    answer = client.post("/campaigns/summer/join", data=person)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/welcome")
    assert b"Welcome" in client.get("/welcome").data


@pytest.mark.parametrize("same", ["email", "personal_id"])
def test_nobody_signs_up_twice(client, person, same):
    assert client.post("/registrations", json=person).status_code == 201
    other = (
        {**person, "email": "x" + person["email"]}
        if same == "personal_id"
        else {**person, "personal_id": "529.982.247-25"}
    )
    assert client.post("/registrations", json=other).status_code == 409


@pytest.mark.parametrize(
    ("name", "value"),
    [("email", "nowhere"), ("personal_id", "529.982.247-26"), ("name", " "), ("phone", None)],
)
def test_what_makes_no_sense_is_refused(client, person, name, value):
    assert client.post("/registrations", json={**person, name: value}).status_code == 422


def test_a_campaign_that_does_not_exist(client, person):
    answer = client.post("/registrations", json={**person, "campaign": "winter"})
    assert answer.status_code == 404


def test_a_guest_buys(client):
    product = client.get("/products").json["products"][0]
    sent = {"product_id": product["id"], "personal_id": "111.444.777-35", "quantity": 2}
    answer = client.post("/checkout", json=sent)
    assert (answer.status_code, answer.json["amount"]) == (201, "179.80")
