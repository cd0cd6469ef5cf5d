"""Requests of a run, byte for byte."""

from __future__ import annotations

import json
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twiceshy.errors import UsageError
from twiceshy.model.load import Constant, LoadPlan, Retry
from twiceshy.model.scenario import RequestTemplate
from twiceshy.traffic.load.requests import Keys, Template

PAYMENT = RequestTemplate(
    "POST",
    "/payments/{number}",
    headers=(("Idempotency-Key", "{key}"),),
    json={"key": "{key}", "amount": "{amount}", "note": "100% of {amount}"},
    has_json=True,
)


def plan(request, **more) -> LoadPlan:
    """A plan for one request."""
    return LoadPlan("127.0.0.1", 8000, request, Constant(1, 1), **more)


@given(st.integers(-(10**12), 10**12), st.integers(0, 10**7))
def test_every_request_is_whole(amount, number):
    """Path, header and body bear the values, and the length is that of the body."""
    key = Keys(4).of(number)
    message = Template(plan(PAYMENT, headers=(("Authorization", "t"),))).render(key, amount, number)
    head, _, body = message.partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    assert lines[0] == f"POST /payments/{number} HTTP/1.1"
    assert {f"Idempotency-Key: {key.decode()}", f"Content-Length: {len(body)}"} <= set(lines)
    assert {"Host: 127.0.0.1:8000", "Authorization: t"} <= set(lines)
    assert not [line for line in lines if line.startswith("Connection")]
    note = f"100% of {amount}"
    assert json.loads(body) == {"key": key.decode(), "amount": amount, "note": note}


def test_a_request_needs_no_slots():
    """The same bytes each time."""
    template = Template(plan(RequestTemplate("GET", "/health")))
    assert template.render(b"k", 1, 1) == template.render(b"l", 22, 333)


def test_one_slot_is_enough():
    """A single place is filled as several are."""
    template = Template(plan(RequestTemplate("GET", "/payments/{key}")))
    assert template.render(b"abc", 1, 1).startswith(b"GET /payments/abc HTTP/1.1\r\n")


@given(st.integers(0, 1000), st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1))
def test_keys_are_uuids_of_their_own(seed, number, other):
    """A key is a UUID as PostgreSQL writes it; two transactions never share one."""
    keys = Keys(seed)
    text = keys.of(number).decode()
    assert str(uuid.UUID(text)) == text
    assert uuid.UUID(text).version == 8
    assert uuid.UUID(text).variant == uuid.RFC_4122
    assert (keys.of(number) == keys.of(other)) == (number == other)
    assert Keys(seed + 1).of(number) != keys.of(number)


@pytest.mark.parametrize(
    ("request_", "says"),
    [
        (RequestTemplate("HEAD", "/"), "Load is sent with GET"),
        (RequestTemplate("PSOT", "/"), "Did you mean POST"),
        (RequestTemplate("POST", "/{kye}"), "Did you mean {key}"),
        (RequestTemplate("POST", "/{customer}"), "Slots are {key}, {amount}, {number}"),
    ],
)
def test_what_cannot_be_sent_is_told(request_, says):
    """Before the run, with what would do."""
    with pytest.raises(UsageError) as told:
        Template(plan(request_))
    assert says in str(told.value)


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"connections": 0}, "0 connections"),
        ({"processes": 0}, "0 processes"),
        ({"retry": Retry(attempts=0)}, "0 attempts"),
        ({"timeout": 0.0}, "a timeout of 0 s"),
        ({"amounts": (2, 1)}, "amounts from 2 to 1"),
    ],
)
def test_numbers_that_make_no_sense_are_told(more, says):
    """Before the run, too."""
    with pytest.raises(UsageError, match=f"Load cannot be sent with {says}"):
        Template(plan(PAYMENT, **more))
