"""What a collection point sees, one payment after another. All three designs pass: nothing here
happens at the same time as something else, and nobody dies."""

from __future__ import annotations

import itertools

import pytest
from office import DESIGNS, Office, until

KEYS = (f"payment-{number:08d}" for number in itertools.count())


@pytest.fixture(scope="module", params=DESIGNS)
def office(request):
    with Office(request.param) as office:
        yield office


@pytest.fixture
def key():
    return next(KEYS)


def recorded(office, key):
    return lambda: office.ask("GET", f"/receipts/{key}")[1].get("status") == "recorded"


def test_a_payment_gets_a_receipt(office, key):
    status, answer = office.pay(key, 125_00)
    assert status in (201, 202)
    assert (answer["key"], answer["amount"]) == (key, 125_00)
    until(recorded(office, key), "the payment is in the register")
    assert office.ask("GET", f"/receipts/{key}")[1]["number"] > 0


def test_receipts_are_numbered_and_added_up(office, key):
    for part in range(5):
        office.pay(f"{key}-{part}", 10_00)
    until(recorded(office, f"{key}-4"), "the payments are in the register")
    numbers = [number for (number,) in office.rows("SELECT number FROM receipts ORDER BY number")]
    assert numbers == list(range(1, len(numbers) + 1))
    [(difference,)] = office.rows(
        "SELECT total - (SELECT sum(amount) FROM receipts) FROM registers"
    )
    assert difference == 0


def test_who_asks_again_gets_the_same_receipt(office, key):
    answers = [office.pay(key, 80_00) for _ in range(3)]
    assert {status for status, _ in answers} <= {201, 202}
    until(recorded(office, key), "the payment is in the register")
    assert [amount for found, amount in office.recorded() if found == key] == [80_00]


def test_a_key_is_for_one_payment(office, key):
    office.pay(key, 80_00)
    assert office.pay(key, 90_00)[0] == 409
    until(recorded(office, key), "the payment is in the register")
    assert [amount for found, amount in office.recorded() if found == key] == [80_00]


def test_a_receipt_that_nobody_paid_for(office, key):
    assert office.ask("GET", f"/receipts/{key}")[0] == 404


def test_the_collection_point_is_told(office, key):
    point = f"point-{key}"
    office.pay(key, 55_00, point=point)
    until(recorded(office, key), "the payment is in the register")
    notices = office.ask("GET", f"/notices/{point}")[1]
    # At the counter nobody is told later: the officer waits for the answer.
    told = [] if office.design == "faulty" else [(key, 55_00)]
    assert [(notice["key"], notice["amount"]) for notice in notices] == told
    for notice in notices:
        assert office.ask("GET", f"/notices/{point}?after={notice['id']}")[1] == []


@pytest.mark.parametrize(
    ("sent", "headers"),
    [
        ({"taxpayer": "1", "point": "p", "amount": 0}, {"Idempotency-Key": "refused-0001"}),
        ({"taxpayer": "1", "point": "p", "amount": -5}, {"Idempotency-Key": "refused-0002"}),
        ({"taxpayer": "1", "point": "p"}, {"Idempotency-Key": "refused-0003"}),
        ({"taxpayer": "", "point": "p", "amount": 5}, {"Idempotency-Key": "refused-0004"}),
        ({"taxpayer": "1", "point": "p", "amount": 5}, {"Idempotency-Key": "a.b > *"}),
        ({"taxpayer": "1", "point": "p", "amount": 5}, {}),
    ],
    ids=["nothing", "less", "no amount", "nobody", "strange key", "no key"],
)
def test_what_makes_no_sense_is_refused(office, sent, headers):
    assert office.ask("POST", "/payments", sent, headers)[0] == 422
