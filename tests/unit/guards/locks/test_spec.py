"""What people write in a guard `locks`."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from twiceshy.guards.locks import Locks
from twiceshy.guards.locks.size import lasting, spread
from twiceshy.guards.locks.spec import Spec


@pytest.mark.parametrize(
    "table",
    [{}, {"script": "a", "command": "b"}, {"script": "a", "blocked": "long"}, {"script": ""}],
)
def test_what_is_no_guard(table):
    """Exactly one thing to rehearse, and lengths with a unit."""
    with pytest.raises(ValidationError):
        Spec(**table)


def test_what_it_asks_for():
    """The script with its settings, those before it, and the file of production's sizes."""
    spec = Spec(
        script="c.sql", after=("a.sql",), settings={"lock_timeout": "1s"}, rows="sizes.json"
    )
    asked = Locks().asks(spec)
    (script,) = asked.scripts
    assert (script.name, asked.production) == ("c.sql", "sizes.json")
    assert [one.name for one in script.earlier] == ["a.sql"]
    assert script.settings == (("lock_timeout", "1s"),)


@pytest.mark.parametrize(
    ("milliseconds", "says"),
    [(0.2, "less than 1 ms"), (80, "80 ms"), (1234, "1.2 s"), (120_000, "2 min"), (8e6, "2.2 h")],
)
def test_how_long_in_words(milliseconds, says):
    """As a person would say it."""
    assert lasting(milliseconds) == says


def test_a_range_and_not_a_number():
    """What a wait becomes elsewhere is never known exactly."""
    assert spread(100, 6) == "300 ms to 1.8 s"
    assert spread(0.1, 6) == "a few ms"


def test_how_long_a_query_may_wait():
    """In milliseconds, whatever the unit."""
    assert Spec(script="a", blocked="1.5s").blocked_ms == 1500
