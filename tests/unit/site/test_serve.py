from __future__ import annotations

import http.client
import threading
import tracemalloc
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest
import uvicorn

import shelf_of_reports
from twiceshy.errors import UsageError
from twiceshy.library import Audience, Library
from twiceshy.site.live import Live
from twiceshy.site.serve import application, listen

if TYPE_CHECKING:
    from collections.abc import Iterator

TOKEN = "open sesame, please"


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: http.client.HTTPMessage
    text: str


@dataclass
class Served:
    """A server, and how to ask it."""

    port: int

    def ask(self, path: str, method: str = "GET", body: str = "", **headers: str) -> Answer:
        """One request; underscores in names of headers stand for hyphens."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, path, body or None, named)
            answer = connection.getresponse()
            text = answer.read().decode()
            return Answer(answer.status, answer.headers, text)
        finally:
            connection.close()


@contextmanager
def serving(live: Live, token: str = "") -> Iterator[Served]:
    """The pages on a port of their own, in a thread."""
    listener = listen("127.0.0.1", 0, token)
    settings = uvicorn.Config(application(live, token), log_level="critical", lifespan="off")
    server = uvicorn.Server(settings)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield Served(listener.getsockname()[1])
    finally:
        server.should_exit = True
        thread.join(20)
        listener.close()


@pytest.fixture(scope="module")
def public(shelf, library) -> Iterator[Served]:
    """The public edition, for this machine."""
    with serving(Live(library, shelf, Audience.PUBLIC)) as served:
        yield served


@pytest.fixture(scope="module")
def guarded(shelf, library) -> Iterator[Served]:
    """The restricted edition, for those who have the token."""
    with serving(Live(library, shelf, Audience.RESTRICTED), TOKEN) as served:
        yield served


@pytest.mark.parametrize(
    ("path", "type_", "holds"),
    [
        ("/", "text/html; charset=utf-8", "Harbour Post-mortems"),
        ("/reports/2024-10-14-checkout.html", "text/html; charset=utf-8", "refused every card"),
        ("/reports/2024-10-14-checkout.json", "application/json", "2024-10-14"),
        ("/feed.xml", "application/atom+xml", "<feed"),
        ("/assets/style.css", "text/css; charset=utf-8", "--paper"),
        ("/search/reports.js", "text/javascript; charset=utf-8", "twiceshyReports("),
        ("/search/w-c.js", "text/javascript; charset=utf-8", "checkout"),
        ("/schema/report.json", "application/json", "$schema"),
    ],
)
def test_the_same_files_as_in_the_folder_are_served(public, path, type_, holds):
    """Pages, feed, JSON and the index of search."""
    answer = public.ask(path)
    assert (answer.status, answer.headers["Content-Type"]) == (200, type_)
    assert holds in answer.text


def test_every_answer_has_a_strict_policy(public):
    """Also that of a page that there is not."""
    for path in ("/", "/nothing", "/-/state"):
        headers = public.ask(path).headers
        assert headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "path",
    [
        "/nothing.html",
        "/reports/2024-06-30-xylophone.html",
        "/reports/2024-06-30-xylophone.json",
        "/search/t-2024-06-30-xylophone.js",
        "/../twiceshy.toml",
        "/%2e%2e/twiceshy.toml",
        "/assets/../../pages.py",
        "/postmortems/2024-10-14-checkout.md",
        "//evil.example.com",
        "/reports/%00.html",
    ],
)
def test_what_is_not_in_the_site_is_not_there(public, path):
    """Neither hidden reports nor files; all of it looks like any other missing page."""
    answer = public.ask(path)
    assert answer.status == 404
    assert "There is no such page" in answer.text
    assert "xylophone" not in answer.text.casefold().replace(path, "")


def test_another_name_of_this_machine_is_refused(public):
    """A page elsewhere whose name leads to loopback must not read through the browser."""
    assert public.ask("/", Host="evil.example.com").status == 421
    assert public.ask("/", Host="[").status == 421
    assert public.ask("/", Host="localhost:1234").status == 200


@pytest.mark.parametrize("host", ["127.0.0.2:80", "localhost", "[::1]:1", "127.0.0.1"])
def test_every_name_of_this_machine_will_do(public, host):
    """All of 127.0.0.0/8 is this machine."""
    assert public.ask("/", Host=host).status == 200


def test_a_form_without_end_is_not_kept(guarded):
    """Of what is sent to the door only the beginning is read, and the answer comes all the same."""
    form = "token=" + "a" * 3_000_000
    tracemalloc.start()
    assert guarded.ask("/-/enter", "POST", "token=x&" * 500).status == 403
    before = tracemalloc.get_traced_memory()[0]
    tracemalloc.reset_peak()
    with suppress(ConnectionError):
        assert guarded.ask("/-/enter", "POST", form).status == 403
    # Sending it takes a copy or two of it; keeping it took as many more.
    assert tracemalloc.get_traced_memory()[1] - before < 2 * len(form)
    tracemalloc.stop()


def test_without_the_token_nothing_is_told(guarded):
    """Not even the title; programs hear 401, browsers are led to the door."""
    answer = guarded.ask("/reports/2024-06-30-xylophone.html")
    assert (answer.status, answer.text) == (401, "A token is needed.")
    assert guarded.ask("/-/state").status == 401
    led = guarded.ask("/reports/x.html", Accept="text/html")
    assert (led.status, led.headers["Location"]) == (303, "/-/enter?to=reports/x.html")
    door = guarded.ask("/-/enter?to=reports/x.html")
    assert "Harbour" not in door.text
    assert "xylophone" not in door.text.casefold()


def test_the_token_opens_as_a_header_and_as_a_cookie(guarded):
    """The cookie is not the token, and ends with the server."""
    path = "/reports/2024-06-30-xylophone.html"
    assert guarded.ask(path, Authorization=f"Bearer {TOKEN}").status == 200
    assert guarded.ask(path, Authorization="Bearer wrong").status == 401
    form = urlencode({"token": TOKEN, "to": "actions.html"})
    entered = guarded.ask("/-/enter", "POST", form)
    assert (entered.status, entered.headers["Location"]) == (303, "/actions.html")
    cookie = entered.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "samesite=strict" in cookie.casefold()
    assert TOKEN not in cookie
    assert guarded.ask(path, Cookie=cookie.partition(";")[0]).status == 200
    assert guarded.ask(path, Cookie="twiceshy=forged").status == 401


@pytest.mark.parametrize(
    "to", ["//evil.example.com", "https://evil.example.com", "\\\\evil", "a//b"]
)
def test_the_door_leads_nowhere_else(guarded, to):
    """After the token one stays on this host."""
    form = urlencode({"token": TOKEN, "to": to})
    assert guarded.ask("/-/enter", "POST", form).headers["Location"] == "/"


def test_a_wrong_token_is_told(guarded):
    """And the form is there again."""
    answer = guarded.ask("/-/enter", "POST", urlencode({"token": "wrong", "to": '"><script>'}))
    assert answer.status == 403
    assert "That is not the token." in answer.text
    assert '"><script>' not in answer.text


def test_each_request_shows_the_files_as_they_are(tmp_path):
    """A report that is changed, hidden or deleted changes its page, and the state says so."""
    project = shelf_of_reports.project(
        tmp_path, {"a.md": "---\nvisibility: public\n---\n# First\n"}
    )
    file = tmp_path / "postmortems" / "a.md"
    with Library.open(project) as library, serving(Live(library, project, Audience.PUBLIC)) as it:
        assert "First" in it.ask("/").text
        state = it.ask("/-/state").text
        assert it.ask("/-/state").text == state
        file.write_text("---\nvisibility: public\n---\n# Second\n\n## Summary\n\nwalrus\n")
        assert it.ask("/-/state").text != state
        assert "Second" in it.ask("/reports/a.html").text
        assert "walrus" in it.ask("/search/w-w.js").text
        file.write_text("---\nvisibility: internal\n---\n# Second\n\n## Summary\n\nwalrus\n")
        assert it.ask("/reports/a.html").status == 404
        assert it.ask("/search/w-w.js").status == 404
        file.unlink()
        assert it.ask("/").status == 200


@pytest.mark.parametrize(
    ("host", "port", "token", "says"),
    [
        ("0.0.0.0", 0, "", "only this machine"),
        ("example.com", 0, "", "only this machine"),
        ("127.0.0.1", 0, "short", "too short"),
        ("127.0.0.1", 70000, "", "no such port"),
        ("203.0.113.7", 0, TOKEN, "cannot be served there"),
    ],
)
def test_addresses_that_must_not_or_cannot_be(host, port, token, says):
    """Beyond this machine only with a token, and one that is not soon guessed."""
    with pytest.raises(UsageError, match=says):
        listen(host, port, token)


def test_a_taken_port_is_told():
    """With what to do about it."""
    with (
        listen("localhost", 0, "") as taken,
        pytest.raises(UsageError, match="cannot be served there") as told,
    ):
        listen("127.0.0.1", taken.getsockname()[1], "")
    assert "--port" in told.value.todo
