"""What the shop sells, and to whom. Runs against the database at DATABASE_URL."""

from __future__ import annotations

import json
import threading
import time
from http.client import HTTPConnection

import pytest
import uvicorn
from shop.app import app


@pytest.fixture(scope="module")
def send():
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    host, port = server.servers[0].sockets[0].getsockname()

    def request(method, target, body=None):
        connection = HTTPConnection(host, port, timeout=10)
        headers = {"Content-Type": "application/json"}
        connection.request(method, target, json.dumps(body) if body else None, headers)
        answer = connection.getresponse()
        found = answer.status, json.loads(answer.read())
        connection.close()
        return found

    yield request
    server.should_exit = True
    thread.join()


def test_the_catalogue_comes_in_pages(send):
    _, first = send("GET", "/products")
    _, second = send("GET", f"/products?after={first[-1]['id']}")
    assert len(first) == len(second) == 20
    assert first[-1]["id"] < second[0]["id"]


def test_an_order_takes_from_the_stock(send):
    before = send("GET", "/products/7")[1]["stock"]
    lines = [{"product_id": 7, "quantity": 2}]
    status, placed = send("POST", "/orders", {"customer_id": 3, "lines": lines})
    assert status == 201
    assert send("GET", "/products/7")[1]["stock"] == before - 2
    assert send("GET", f"/orders/{placed['id']}")[1]["lines"][0]["quantity"] == 2
    assert send("GET", "/customers/3/orders")[1][0]["id"] == placed["id"]


def test_what_is_sold_out_cannot_be_ordered(send):
    lines = [{"product_id": 8, "quantity": 99}]
    answers = [send("POST", "/orders", {"customer_id": 3, "lines": lines}) for _ in range(12)]
    assert answers[-1][0] == 409
    assert send("GET", "/products/8")[1]["stock"] >= 0


def test_what_is_not_there_is_404(send):
    assert send("GET", "/orders/999999999")[0] == 404
