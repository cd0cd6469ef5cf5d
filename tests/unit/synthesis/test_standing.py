from __future__ import annotations

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from twiceshy.synthesis.ladder import COMPUTED, FRESH, Rung
from twiceshy.synthesis.standing import standing

NAMES = "abcd"


def rungs(count: int, source: str = "typical") -> tuple[Rung, ...]:
    """So many rungs of one source."""
    return tuple(Rung(str(number), source) for number in range(count))


def ban(**places: int) -> frozenset[tuple[str, int]]:
    """These columns must not stand there together."""
    return frozenset(places.items())


def test_without_bans_nobody_moves() -> None:
    """Columns that no ban names are left out."""
    assert standing({"a": rungs(3)}, ()) == {}


def test_one_step_down() -> None:
    """The next rung, and no further."""
    assert standing({"a": rungs(3), "b": rungs(3)}, [ban(a=0)]) == {"a": 1}


def test_what_can_be_made_new_moves_first() -> None:
    """A kind is rather left as it is than a number."""
    ladders = {"kind": rungs(2), "number": rungs(3, FRESH)}
    assert standing(ladders, [ban(kind=0, number=0)]) == {"kind": 0, "number": 1}


def test_what_was_worked_out_stands_at_the_top() -> None:
    """The latest first, for it heeds the most."""
    ladder = (*rungs(2), Rung("x", COMPUTED), Rung("y", COMPUTED))
    assert standing({"a": ladder}, [ban(a=0)]) == {"a": 3}
    assert standing({"a": ladder}, [ban(a=3)]) == {"a": 2}


def test_no_way_is_said_to_be_none() -> None:
    """When all rungs of a column are forbidden, or all combinations of two."""
    assert standing({"a": rungs(2)}, [ban(a=0), ban(a=1)]) is None
    ladders = {"a": rungs(2), "b": rungs(2)}
    every = [ban(a=a, b=b) for a, b in product(range(2), range(2))]
    assert standing(ladders, every) is None


@given(
    st.lists(
        st.dictionaries(st.sampled_from(NAMES), st.integers(0, 2), min_size=1, max_size=4),
        max_size=40,
    )
)
def test_a_way_is_found_where_there_is_one(bans: list[dict[str, int]]) -> None:
    """As by trying every combination; and what is found breaks no ban."""
    ladders = {name: rungs(3) for name in NAMES}
    forbidden = [frozenset(places.items()) for places in bans]
    ways = (dict(zip(NAMES, places, strict=True)) for places in product(range(3), repeat=4))
    possible = any(not any(each <= way.items() for each in forbidden) for way in ways)
    found = standing(ladders, forbidden)
    assert (found is not None) == possible
    if found is not None:
        stands = {**dict.fromkeys(NAMES, 0), **found}
        assert not any(each <= stands.items() for each in forbidden)
