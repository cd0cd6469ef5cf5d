from __future__ import annotations

from twiceshy.stage.processes import environment, step_down_user


def test_only_what_is_named_comes_from_the_callers_environment(monkeypatch):
    """PATH always, other names when they are passed and exist; own values win."""
    monkeypatch.setenv("PATH", "/here")
    monkeypatch.setenv("SECRET", "1")
    monkeypatch.setenv("WANTED", "2")
    monkeypatch.setenv("TZ", "Asia/Tokyo")

    assert environment(["WANTED", "ABSENT"], {"OWN": "3"}) == {
        "PATH": "/here",
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "WANTED": "2",
        "OWN": "3",
    }
    assert environment(["TZ"], {})["TZ"] == "Asia/Tokyo"
    assert environment(["TZ"], {"TZ": "Europe/Oslo"})["TZ"] == "Europe/Oslo"


def test_without_a_path_there_is_still_one(monkeypatch):
    """A caller without PATH must not make programs unfindable."""
    monkeypatch.delenv("PATH")

    assert environment([], {})["PATH"]


def test_an_ordinary_user_has_nobody_to_step_down_to(monkeypatch):
    """Only root steps down."""
    monkeypatch.setattr("os.geteuid", lambda: 1000)

    assert step_down_user() is None
