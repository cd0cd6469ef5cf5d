"""What the shop sells, and to whom. Runs against the database at DATABASE_URL."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient
from shop.app import app


@pytest.fixture(scope="module")
def client():
    with TestClient(app) as client:
        yield client


def test_the_catalogue_comes_in_pages(client):
    first = client.get("/products").json()
    second = client.get("/products", params={"after": first[-1]["id"]}).json()
    assert len(first) == len(second) == 20
    assert first[-1]["id"] < second[0]["id"]


def test_an_order_takes_from_the_stock(client):
    before = client.get("/products/7").json()["stock"]
    line = {"product_id": 7, "quantity": 2}
    placed = client.post("/orders", json={"customer_id": 3, "lines": [line]})
    assert placed.status_code == 201
    assert client.get("/products/7").json()["stock"] == before - 2
    assert client.get(f"/orders/{placed.json()['id']}").json()["lines"][0]["quantity"] == 2


def test_what_is_sold_out_cannot_be_ordered(client):
    line = {"product_id": 8, "quantity": 99}
    statuses = {
        client.post("/orders", json={"customer_id": 3, "lines": [line]}).status_code
        for _ in range(12)
    }
    assert 409 in statuses


def test_what_is_not_there_is_404(client):
    assert client.get("/orders/999999999").status_code == 404
