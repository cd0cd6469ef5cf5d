from __future__ import annotations

from dataclasses import replace

import pytest

from unit.guards.isolation.histories import (
    BENS_GOAL,
    MINE,
    assert_broken,
    assert_held,
    reply,
    run,
    seen,
    turns,
)

MY_LIST = reply({"goals": ["twanagoal1"]})
LEAK = reply({"goals": ["twanagoal1", "twbengoal1"]})
SHOWN = {"control": MY_LIST, "perturbed": LEAK}
REFUSED = dict.fromkeys(SHOWN, reply({}, 401))


def history(alone, later):
    """A confirmed leak. Nobody asks before all others, and again after somebody did.

    `alone` and `later` are what nobody gets without and with rows of the other.
    """
    rows = {"control": MINE, "perturbed": (*MINE, BENS_GOAL)}
    first = [
        run("others:one", role, seen(alone[role], actor=None), rows=rows[role], world=1)
        for role in rows
    ]
    again = [
        replace(r, observations=(*r.observations, seen(later[r.scenario.role], actor=None)))
        for r in turns("others:one", [seen(MY_LIST)] * 2, [seen(LEAK)] * 2, world=1)
    ]
    return [*turns("others:one", [seen(MY_LIST)] * 2, [seen(LEAK)] * 2), *first, *again]


def test_what_nobody_gets_without_any_help_is_public() -> None:
    """It was shown before anybody had logged in."""
    assert_held(history(alone=SHOWN, later=SHOWN))


@pytest.mark.parametrize("later", [SHOWN, REFUSED])
def test_what_nobody_gets_after_somebody_asked_is_a_careless_cache(later) -> None:
    """A cache before the login makes a leak worse, and not public."""
    assert_broken(history(alone=REFUSED, later=later), because="foreign-data-shown")
