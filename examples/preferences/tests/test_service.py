"""The tests that the service had that night, from PUT to download. They pass on both versions: they
run on SQLite, which takes no time to set up, and takes a text of JSON for what it means."""

from __future__ import annotations

import json
import threading
import time
from http.client import HTTPConnection

import pytest
import uvicorn
from faulty import documents as of_that_night
from preferences import documents as of_today
from preferences.server import create_app
from preferences.storage import Provider, storage_at

SETTINGS = {"replicas": 3, "public": False, "zones": ["a", "b"]}
WANTED = {"region": "eu-central-1", "settings": SETTINGS, "monthly_limit": 250.5}


@pytest.fixture(scope="module", params=[of_today, of_that_night], ids=["today", "that night"])
def send(request, tmp_path_factory):
    kept = storage_at(f"sqlite://{tmp_path_factory.mktemp('kept')}/preferences.db")
    kept.migrate()
    for name in ("aws", "gcp"):
        kept.add(Provider(name, name.upper(), ["eu-central-1"]))
    app = create_app(request.param, kept)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    host, port = server.servers[0].sockets[0].getsockname()

    def sent(method, target, body=None, account="tester"):
        connection = HTTPConnection(host, port, timeout=10)
        headers = {"Content-Type": "application/json"}
        if account:
            headers["X-Account"] = account
        connection.request(method, target, json.dumps(body) if body else None, headers)
        answer = connection.getresponse()
        found = answer.status, answer.read().decode(), answer.headers
        connection.close()
        return found

    yield sent
    server.should_exit = True
    thread.join()


def test_what_is_wanted_is_kept(send):
    status, answer, _ = send("PUT", "/preferences/aws", WANTED)
    assert status == 200
    assert json.loads(answer)["settings"] == SETTINGS
    _, answer, _ = send("GET", "/preferences/aws")
    assert json.loads(answer)["settings"] == SETTINGS
    _, answer, _ = send("GET", "/preferences")
    assert [one["provider"] for one in json.loads(answer)["preferences"]] == ["aws"]


def test_one_setting_is_tweaked(send):
    send("PUT", "/preferences/aws", WANTED)
    status, answer, _ = send("PATCH", "/preferences/aws", {"name": "replicas", "value": 5})
    assert status == 200
    assert json.loads(answer)["settings"] == {**SETTINGS, "replicas": 5}
    _, answer, _ = send("GET", "/budget")
    assert json.loads(answer) == {"monthly": 250.5, "unlimited": [], "machines": 5}


def test_settings_are_downloaded(send):
    send("PUT", "/preferences/aws", WANTED)
    status, file, headers = send("GET", "/preferences/aws/download")
    assert (status, json.loads(file)) == (200, SETTINGS)
    assert headers["Content-Disposition"] == 'attachment; filename="aws.json"'
    _, file, _ = send("GET", "/preferences/aws/download?form=env")
    assert file == 'REGION=eu-central-1\nREPLICAS=3\nPUBLIC=false\nZONES=["a", "b"]\n'


def test_what_is_forgotten_is_gone(send):
    send("PUT", "/preferences/gcp", WANTED)
    assert send("DELETE", "/preferences/gcp")[0] == 204
    assert send("DELETE", "/preferences/gcp")[0] == 404
    assert send("GET", "/preferences/gcp")[0] == 404


@pytest.mark.parametrize(
    ("target", "sent"),
    [
        ("/preferences/aws", {"monthly_limit": -1}),
        ("/preferences/aws", {"settings": "replicas=3"}),
    ],
)
def test_what_makes_no_sense_is_refused(send, target, sent):
    assert send("PUT", target, sent)[0] == 422


def test_a_provider_that_is_not_there(send):
    assert send("PUT", "/preferences/nowhere", WANTED)[0] == 404


def test_a_stranger_sees_nothing(send):
    assert send("GET", "/preferences", account="")[0] == 401
    send("PUT", "/preferences/aws", WANTED)
    assert send("GET", "/preferences/aws", account="somebody")[0] == 404
