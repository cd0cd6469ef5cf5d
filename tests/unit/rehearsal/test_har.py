"""Recorded requests, from archives good and bad."""

from __future__ import annotations

import base64
import json
import random
from pathlib import Path
from typing import Any

import pytest

from twiceshy.errors import ConfigurationError
from twiceshy.model.scenario import RequestTemplate
from twiceshy.rehearsal.har import once, parse_har, read_har
from twiceshy.traffic.secrets import HIDDEN

FILE = Path("requests.har")
HOST = "https://api.example.com:8443"


def entry(method: str = "GET", url: str = "/", **request: Any) -> dict[str, Any]:
    """One request to the host, answered well."""
    answer = request.pop("answer", {"status": 200, "content": {"mimeType": "application/json"}})
    full = url if "://" in url else HOST + url
    return {"request": {"method": method, "url": full, **request}, "response": answer}


def har(*entries: Any, **more: Any) -> str:
    """An archive of these entries."""
    return json.dumps({"log": {"version": "1.2", **more, "entries": list(entries)}})


def read(*entries: Any) -> tuple[list[RequestTemplate], list[str]]:
    """What is read of these entries."""
    recording = parse_har(har(*entries), FILE)
    return list(recording.templates), list(recording.notes)


def json_body(text: str, **more: Any) -> dict[str, Any]:
    """A body that says it is JSON."""
    return {"mimeType": "application/json; charset=utf-8", "text": text, **more}


def test_requests_in_their_order() -> None:
    """Path, query, headers that matter and bodies are kept; the host is not."""
    found, notes = read(
        entry(url="/goals?page=2&q=a%20b&empty="),
        entry("POST", "/goals", postData=json_body('{"name": "Boat", "big": 9007199254740993}')),
        entry("PUT", "/a%2Fb/%7Bx%7D", headers=[{"name": "X-Tenant", "value": "north"}]),
    )
    assert found == [
        RequestTemplate("GET", "/goals", query=(("page", "2"), ("q", "a b"), ("empty", ""))),
        RequestTemplate(
            "POST", "/goals", json={"name": "Boat", "big": 9007199254740993}, has_json=True
        ),
        RequestTemplate("PUT", "/a%2Fb/%7Bx%7D", headers=(("X-Tenant", "north"),)),
    ]
    assert notes == []
    assert found[2].fill({}).target == "/a%2Fb/%7Bx%7D"


def test_credentials_are_never_kept() -> None:
    """Not in headers, which actors have of their own, nor in query or body."""
    headers = [
        {"name": "Cookie", "value": "sid=SEKRET"},
        {"name": "authorization", "value": "Bearer SEKRET"},
        {"name": "X-Auth-Token", "value": "SEKRET"},
        {"name": "X-Whatever", "value": "Bearer SEKRET"},
        {"name": ":authority", "value": "api.example.com"},
        {"name": "Accept", "value": "text/csv"},
    ]
    found, _ = read(
        entry(
            "POST",
            "/members?api_key=SEKRET",
            headers=headers,
            postData=json_body('{"password": "SEKRET", "more": [{"token": "SEKRET"}]}'),
        ),
        entry(
            "POST",
            "/form",
            postData={
                "mimeType": "application/x-www-form-urlencoded",
                "text": "user=ana&password=SEKRET",
            },
        ),
    )
    assert "SEKRET" not in repr(found)
    assert found[0].headers == (("Accept", "text/csv"),)
    assert found[1].form == (("user", "ana"), ("password", HIDDEN))


@pytest.mark.parametrize(
    ("bad", "note"),
    [
        (entry("OPTIONS", "/a"), "OPTIONS /a: only plain requests are sent again"),
        (entry(url="wss://api.example.com/live"), "GET /live: only plain requests are sent again"),
        (
            entry(answer={"status": 101, "content": {}}),
            "GET /: only plain requests are sent again",
        ),
        (
            entry(url="/old", answer={"status": 404}),
            "GET /old: it was answered with 404 when it was recorded",
        ),
        (
            entry(url="/x", answer={"status": 0}),
            "GET /x: it had no answer when it was recorded",
        ),
        (
            entry(url="/a.png", answer={"status": 200, "content": {"mimeType": "image/png"}}),
            "a picture, style or script of a page",
        ),
        (
            entry("POST", "/up", postData={"mimeType": "multipart/form-data; x", "text": "..."}),
            "POST /up: its body is multipart/form-data, which is not sent",
        ),
        (
            entry("POST", "/up", postData={"mimeType": "image/png", "text": "/9j/"}),
            "POST /up: its body is image/png, which is not sent",
        ),
        (
            entry("POST", "/b", postData=json_body("_w==", encoding="base64")),
            "POST /b: its body is binary, which is not sent",
        ),
        (
            entry("POST", "/c", postData=json_body("{broken")),
            "POST /c: its body is no JSON, as its type says",
        ),
        (
            entry("POST", "/d", postData=json_body("x" * 1024 * 1024 + "yz")),
            "POST /d: its body is longer than 1 MiB",
        ),
        (entry("POST", "/e", bodySize=12), "POST /e: its body was not recorded"),
        ({"request": {"url": "/"}}, "entry 2 is not written as an archive has it"),
        ("nonsense", "entry 2 is not written as an archive has it"),
        (None, "entry 2 is not written as an archive has it"),
        (entry(headers=[7]), "entry 2 is not written as an archive has it"),
    ],
)
def test_what_cannot_be_sent_again_is_a_note(bad: Any, note: str) -> None:
    """The others go on."""
    found, notes = read(entry(url="/first"), bad, entry(url="/last"))
    assert [str(one) for one in found] == ["GET /first", "GET /last"]
    assert notes == [note]


def test_a_body_in_base64_is_unpacked() -> None:
    """Some tools write every body so."""
    text = base64.b64encode(b'{"a": [1, null]}').decode()
    found, notes = read(entry("POST", "/a", postData=json_body(text, encoding="base64")))
    assert found[0].json == {"a": [1, None]}
    assert notes == []


def test_fields_of_a_form_without_text() -> None:
    """Other tools write the fields only, encoded as they were sent."""
    body = {
        "mimeType": "application/x-www-form-urlencoded",
        "params": [{"name": "full+name", "value": "A%20B"}],
    }
    found, _ = read(entry("POST", "/a", postData=body))
    assert found[0].form == (("full name", "A B"),)


def test_strangers_are_left_out() -> None:
    """A page also asks for fonts and counts its visitors elsewhere."""
    found, notes = read(
        entry(url="/a"), entry(url="https://stats.example.net/hit"), entry(url="/b"),
        entry(url="https://stats.example.net/hit"),
    )  # fmt: skip
    assert [str(one) for one in found] == ["GET /a", "GET /b"]
    asked = "requests to stats.example.net, where api.example.com was asked more often"
    assert notes == [f"{asked} (2 times)"]


def test_no_brace_of_a_recording_is_a_slot() -> None:
    """What looks like a slot was sent to the letter."""
    found, _ = read(
        entry("POST", "/a/{b}?c=%7Bd%7D", postData=json_body('{"text": "Dear {name}"}'))
    )
    assert found[0].slots == ()


@pytest.mark.parametrize(
    ("text", "line", "seen"),
    [
        ("", 0, "no list of entries"),
        ("[]", 0, "no list of entries"),
        ('{"log": {"entries":\n [\n {"request": {]', 3, "Expecting property name"),
        ('{"log": {"entries": [\n{}', 2, "ends too early"),
        ('{"log": {"entries": [' + "[" * 100_000, 1, ""),
    ],
)
def test_a_file_that_is_no_archive(text: str, line: int, seen: str) -> None:
    """The error names file and line, and says what to do."""
    with pytest.raises(ConfigurationError) as error:
        parse_har(text, FILE)
    location = error.value.location
    assert location is not None
    assert (location.file, location.line) == (FILE, line)
    assert seen in error.value.seen
    assert error.value.todo


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    """Neither a missing file nor one without end is a traceback."""
    with pytest.raises(ConfigurationError, match="cannot be read"):
        read_har(tmp_path / "none.har")
    huge = tmp_path / "huge.har"
    with huge.open("wb") as file:
        file.truncate(300 * 1024 * 1024)
    with pytest.raises(ConfigurationError, match="too large"):
        read_har(huge)
    marked = tmp_path / "marked.har"
    marked.write_bytes(b"\xef\xbb\xbf" + har(entry(url="/a")).encode() + b"\xff")
    assert [str(one) for one in read_har(marked).templates] == ["GET /a"]


def test_any_damage_to_an_entry_is_survived() -> None:
    """Whatever stands where: a note, never a traceback."""
    whole = entry(
        "POST",
        "/goals?a=1",
        headers=[{"name": "Accept", "value": "text/csv"}],
        postData=json_body('{"a": 1}'),
        bodySize=8,
    )
    oddities: list[Any] = [None, 0, -1, 1e400, "", "x", [], {}, [None], {"a": []}, True, "\ud800"]
    chance = random.Random(7)
    for _ in range(600):
        damaged = json.loads(json.dumps(whole))
        place: Any = damaged
        while True:
            key = chance.choice(list(place) if isinstance(place, dict) else range(len(place)))
            if isinstance(place[key], dict | list) and place[key] and chance.random() < 0.7:
                place = place[key]
                continue
            place[key] = chance.choice(oddities)
            break
        recording = parse_har(har(damaged), FILE)
        assert len(recording.templates) + len(recording.notes) == 1
        for template in recording.templates:
            template.fill({})


def test_each_request_once() -> None:
    """The same request again is no news; of a search with many words a few are enough."""
    searches = [RequestTemplate("GET", "/find", query=(("q", str(n)),)) for n in range(9)]
    one = RequestTemplate("GET", "/goals")
    kept, notes = once([one, *searches, one, *searches[:3]])
    assert kept == [one, *searches[:5]]
    assert notes == ["GET /find: 4 more variants were recorded"]
