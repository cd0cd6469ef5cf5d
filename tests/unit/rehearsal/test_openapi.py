"""Requests from OpenAPI documents, good and bad."""

from __future__ import annotations

import copy
import random
from pathlib import Path
from typing import Any

import pytest

from twiceshy.errors import ConfigurationError
from twiceshy.model.scenario import RequestTemplate
from twiceshy.rehearsal.description_text import parse_document
from twiceshy.rehearsal.openapi import (
    Operation,
    describe,
    operations,
    template_for,
)

DOCUMENT = parse_document(
    """
openapi: 3.1.0
info: { title: Goals, version: "1" }
servers:
  - url: "https://{host}/api/{v}/"
    variables: { host: { default: a.example }, v: { default: v1 } }
paths:
  x-internal: {}
  /goals:
    get:
      operationId: listGoals
      summary: "List   my goals"
      parameters:
        - { name: page, in: query, schema: { type: integer } }
        - { name: owner_id, in: query, schema: { type: integer } }
        - { name: sort, in: query, required: true, schema: { type: string, enum: [name, date] } }
        - { name: X-Tenant, in: header, required: true, schema: { type: string, example: north } }
        - { name: Authorization, in: header, required: true, schema: { type: string } }
    post:
      requestBody: { $ref: "#/components/requestBodies/Goal" }
    trace: {}
  /goals/{goal-id}:
    parameters:
      - { name: goal-id, in: path, required: true, schema: { type: integer, example: 17 } }
    get: { summary: One goal }
    patch:
      requestBody:
        content:
          application/vnd.api+json:
            example:
              { goal_id: 17, name: "a {b}", deposits: [{ id: 4, amount: 2.5 }], on: 2024-05-01 }
  /goals/mine: { get: {} }
  /goals/{goal_id}/members/{userId}.{format}:
    delete:
      parameters:
        - { name: format, in: path, required: true, schema: { enum: [json, xml] } }
        - { name: account_id, in: query, required: true, schema: { type: string, format: uuid } }
  /login:
    post:
      servers: [{ url: / }]
      requestBody:
        content:
          application/x-www-form-urlencoded:
            schema:
              type: object
              required: [email, password]
              properties:
                email: { type: string, format: email }
                password: { type: string, minLength: 8 }
                remember: { type: boolean }
                roles: { type: array, items: { type: string } }
  /upload:
    post:
      requestBody: { required: true, content: { multipart/form-data: {} } }
    put:
      requestBody: { content: { text/plain: {} } }
components:
  requestBodies:
    Goal:
      required: true
      content: { application/json: { schema: { $ref: "#/components/schemas/New~1Goal" } } }
  schemas:
    New/Goal:
      allOf:
        - { $ref: "#/components/schemas/Base" }
        - type: object
          required: [account_id, kind, tags, limits]
          properties:
            account_id: { type: integer, minimum: 5 }
            kind: { enum: [saving, debt] }
            tags: { type: array, minItems: 2, items: { type: string, maxLength: 2 } }
            parent_id: { type: [integer, "null"] }
            note: { type: string }
            limits: { $ref: "#/components/schemas/Limits" }
    Base:
      type: object
      required: [id, name, owner]
      properties:
        id: { type: integer, readOnly: true }
        name: { type: string }
        owner:
          type: object
          properties: { id: { type: string }, self: { $ref: "#/components/schemas/Base" } }
    Limits:
      anyOf:
        - type: "null"
        - type: object
          properties:
            low: { type: number, exclusiveMinimum: 2, multipleOf: 5 }
            high: { type: integer, maximum: 0 }
            on: { type: boolean }
            day: { type: string, format: date }
            none: { type: "null" }
            more: { type: array, items: { $ref: "#/components/schemas/Limits" } }
            device_ids: { type: array, items: { type: string } }
""",
    Path("openapi.yaml"),
)


def by_text(text: str) -> Operation:
    """The document's operation that prints as `text`."""
    return next(operation for operation in operations(DOCUMENT) if str(operation) == text)


def test_operations_come_in_the_order_of_the_document() -> None:
    """With the path of the server before them; what cannot be sent is a note."""
    description = describe(DOCUMENT)
    assert [str(operation) for operation in description.operations] == [
        "GET /api/v1/goals",
        "POST /api/v1/goals",
        "GET /api/v1/goals/{goal_id}",
        "PATCH /api/v1/goals/{goal_id}",
        "GET /api/v1/goals/mine",
        "DELETE /api/v1/goals/{goal_id}/members/{userId}.json",
        "POST /login",
        "PUT /api/v1/upload",
    ]
    assert description.notes == (
        "POST /upload: its body is multipart/form-data, which is not sent",
    )


def test_only_what_is_required_is_sent() -> None:
    """Required query and header parameters have values; optional ids are named."""
    assert by_text("GET /api/v1/goals") == Operation(
        RequestTemplate(
            "GET",
            "/api/v1/goals",
            query=(("sort", "name"),),
            headers=(("X-Tenant", "north"),),
        ),
        id="listGoals",
        summary="List my goals",
        path="/goals",
        optional_ids=("owner_id",),
    )


def test_a_body_is_made_from_its_schema() -> None:
    """Required properties and ids; ids are slots; a schema inside of itself ends."""
    operation = by_text("POST /api/v1/goals")
    assert operation.template.json == {
        "name": "text",
        "owner": {"id": "{owner_id}", "self": {"name": "text", "owner": {"id": "{owner_id}"}}},
        "account_id": "{account_id}",
        "kind": "saving",
        "tags": ["te", "te"],
        "parent_id": "{parent_id}",
        "limits": {
            "low": 5,
            "high": 0,
            "on": True,
            "day": "2024-01-15",
            "more": [],
            "device_ids": ["{device_id}"],
        },
    }
    assert dict(operation.examples) == {
        "owner_id": "text",
        "account_id": "5",
        "parent_id": "1",
        "device_id": "text",
    }


def test_an_example_is_taken_with_its_ids_as_slots() -> None:
    """Its own braces are no slots, dates are text, and its values are remembered."""
    operation = by_text("PATCH /api/v1/goals/{goal_id}")
    assert operation.template.json == {
        "goal_id": "{goal_id}",
        "name": "a (b)",
        "deposits": [{"id": "{deposit_id}", "amount": 2.5}],
        "on": "2024-05-01",
    }
    assert operation.template.slots == ("goal_id", "deposit_id")
    assert dict(operation.examples) == {"goal_id": "17", "deposit_id": "4"}


def test_a_form_is_a_form() -> None:
    """Values are text; what is optional is left out."""
    assert by_text("POST /login").template.form == (
        ("email", "someone@example.com"),
        ("password", "texttext"),
    )


def test_a_required_id_in_the_query_is_a_slot() -> None:
    """It can be swapped like one in the path."""
    operation = by_text("DELETE /api/v1/goals/{goal_id}/members/{userId}.json")
    assert operation.template.query == (("account_id", "{account_id}"),)
    assert operation.template.slots == ("goal_id", "userId", "account_id")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("GET /api/v1/goals/{goal_id}", "GET /api/v1/goals/{goal_id}"),
        ("GET /goals/{id}", "GET /api/v1/goals/{id}"),
        ("get /goals/{id}/", "GET /api/v1/goals/{id}/"),
        ("GET /goals/17", "GET /api/v1/goals/17"),
        ("GET /goals/mine", "GET /api/v1/goals/mine"),
        ("DELETE /goals/{a}/members/{b}.json", "DELETE /api/v1/goals/{a}/members/{b}.json"),
        ("POST /login", "POST /login"),
        ("POST /api/v1/login", None),
        ("PUT /goals", None),
        ("GET /goals/{id}/more", None),
        ("GET /{anything}", None),
        ("GET", None),
        ("", None),
    ],
)
def test_a_guard_s_request_finds_its_operation(text: str, expected: str | None) -> None:
    """With or without the server's path, with other names of slots, or with values."""
    found = template_for(text, operations(DOCUMENT))
    assert (str(found) if found else None) == expected


def test_the_guard_s_words_win() -> None:
    """Its slots are used in the body too, and its query stands before what is missing."""
    known = operations(DOCUMENT)
    patch = template_for("PATCH /goals/{goal}", known)
    assert patch is not None
    assert patch.template.slots == ("goal", "deposit_id")
    assert dict(patch.examples) == {"goal": "17", "deposit_id": "4"}
    listed = template_for("GET /goals?sort=date&owner_id={me}", known)
    assert listed is not None
    assert listed.template.query == (("sort", "date"), ("owner_id", "{me}"))
    assert listed.optional_ids == ()
    paged = template_for("GET /goals?page=2", known)
    assert paged is not None
    assert paged.template.query == (("page", "2"), ("sort", "name"))


@pytest.mark.parametrize(
    ("document", "note"),
    [
        ({"swagger": "2.0", "paths": {}}, "Swagger 2"),
        ({}, "no table of paths"),
        ({"paths": []}, "no table of paths"),
        ({"paths": {"goals": {}}}, "goals: this is no path"),
        ({"paths": {"/a": []}}, "/a: a table was expected in place of []"),
        ({"paths": {"/a": {"$ref": "other.yaml#/a"}}}, "another file"),
        ({"paths": {"/a": {"$ref": "#/b"}}}, "does not exist"),
        ({"paths": {"/a": {"$ref": "#/paths/~1a"}}}, "refers to itself"),
        ({"paths": {"/a": {"get": {"parameters": {}}}}}, "parameters are not a list"),
        ({"paths": {"/a": {"get": {"parameters": [{"in": "query"}]}}}}, "no name"),
        ({"paths": {"/a": {"post": {"requestBody": {}}}}}, "no content"),
    ],
)
def test_a_wrong_part_is_a_note(document: dict[str, Any], note: str) -> None:
    """The rest of the document still counts."""
    described = describe(document)
    assert described.operations == ()
    assert note in described.notes[0]


def test_the_other_operations_of_a_wrong_document_are_used() -> None:
    """One wrong operation costs only itself."""
    paths = {
        "/a": {"get": {}, "post": {"requestBody": 3}, "delete": {}},
        "/b": 1,
        "/c": {"get": {}},
    }
    described = describe({"paths": paths})
    assert [str(operation) for operation in described.operations] == [
        "GET /a",
        "DELETE /a",
        "GET /c",
    ]
    assert len(described.notes) == 2


def test_a_body_without_end_is_a_note() -> None:
    """Schemas that multiply themselves do not hang us."""
    names = [f"p{number}" for number in range(8)]
    schema = {
        "type": "object",
        "properties": {name: {"allOf": [{"$ref": "#/schema"}]} for name in names},
    }
    body = {"content": {"application/json": {"schema": {"$ref": "#/schema"}}}}
    described = describe({"schema": schema, "paths": {"/a": {"post": {"requestBody": body}}}})
    assert described.notes == ("POST /a: its body has no end",)


def test_any_damage_to_a_document_is_survived() -> None:
    """Parts replaced by anything give operations and notes, never an exception."""
    dice = random.Random(7)
    junk: list[Any] = [
        None,
        True,
        7,
        -1.5,
        float("inf"),
        "text",
        "#/paths",
        [],
        {},
        [[]],
        {"$ref": "#"},
    ]
    for _ in range(1500):
        document = copy.deepcopy(DOCUMENT)
        for _ in range(dice.randint(1, 3)):
            _damage(document, dice, junk)
        described = describe(document)
        for operation in described.operations:
            slots = operation.template.slots
            operation.template.fill(dict.fromkeys(slots, "1"))
            template_for(str(operation), described.operations)


def _damage(document: Any, dice: random.Random, junk: list[Any]) -> None:
    """Replace one random part of the document, deep or not."""
    part = document
    while True:
        keys = list(part) if isinstance(part, dict) else list(range(len(part)))
        if not keys:
            return
        key = dice.choice(keys)
        if not isinstance(part[key], dict | list) or dice.random() < 0.15:
            part[key] = copy.deepcopy(dice.choice(junk))
            return
        part = part[key]


def test_json_is_read_too() -> None:
    """JSON is YAML; what is neither is an error with the file's name."""
    text = '{"openapi": "3.0.3", "paths": {"/a": {"get": {}}}}'
    assert [str(one) for one in operations(parse_document(text, Path("a.json")))] == ["GET /a"]
    for wrong in ("[1]", "", "<html>", "a: ["):
        with pytest.raises(ConfigurationError, match=r"OpenAPI|YAML") as caught:
            parse_document(wrong, Path("a.json"))
        assert "a.json" in str(caught.value)


def test_json_with_tabs_and_a_mark_in_front() -> None:
    """YAML takes neither; JSON that is written by other programs may have both."""
    text = '\ufeff{\n\t"openapi": "3.0.3",\n\t"paths": {"/a": {"get": {}}}\n}'
    assert [str(one) for one in operations(parse_document(text, Path("openapi.json")))] == [
        "GET /a"
    ]


@pytest.mark.parametrize(
    ("text", "line", "happened"),
    [
        ('{\n "openapi": "3.0.3",\n "paths": {,}\n}', 3, "not valid JSON"),
        ("openapi: 3.0.3\npaths: [\n", 3, "not valid YAML"),
        ("openapi: 3.0.3\n\tpaths: {}\n", 2, "not valid YAML"),
        ("just words", 0, "no OpenAPI document"),
        ("", 0, "no OpenAPI document"),
        ('{"a":' * 100_000, 0, "nested too deeply"),
    ],
)
def test_a_document_that_cannot_be_read(text: str, line: int, happened: str) -> None:
    """The error names the file and the line on which reading ended."""
    with pytest.raises(ConfigurationError, match=happened) as error:
        parse_document(text, Path("openapi.json"))
    location = error.value.location
    assert location is not None
    assert location.line == line


def test_words_in_braces_are_yaml() -> None:
    """What is no JSON may still be a document."""
    assert operations(parse_document("{paths: {/a: {get: {}}}}", Path("openapi.yaml")))
