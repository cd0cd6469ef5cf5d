"""What differs once noise is taken away."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from twiceshy.guards.difference import ABSENT, anatomy, differences
from twiceshy.model.history import NoReply, Reply


def _reply(body: str, status: int = 200, **headers: str) -> Reply:
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Reply(status, (("Content-Type", "application/json"), *named), body.encode())


ONE = _reply('{"n": 1, "list": [1]}')


def test_equal_answers_do_not_differ() -> None:
    """Nothing to tell."""
    assert differences([ONE, ONE], [ONE, ONE]) == ()


def test_a_leaf_that_is_another_in_every_perturbed_run_differs() -> None:
    """Path, what controls said, what the perturbed runs said."""
    found = differences([ONE, ONE], [_reply('{"n": 2, "list": [1]}')] * 2)
    assert [(d.path, d.control, d.perturbed) for d in found] == [("$.n", "1", "2")]


def test_a_place_that_is_new_differs() -> None:
    """One more element is a place that no control had."""
    found = differences([ONE, ONE], [_reply('{"n": 1, "list": [1, 7]}')] * 2)
    assert [(d.path, d.control, d.perturbed) for d in found] == [("$.list[1]", ABSENT, "7")]


def test_one_perturbed_run_like_the_controls_acquits() -> None:
    """Every perturbed run must differ, or it is chance."""
    assert differences([ONE, ONE], [_reply('{"n": 2, "list": [1]}'), ONE]) == ()


def test_controls_that_disagree_accuse_nobody() -> None:
    """Noise is learned from the controls."""
    other = _reply('{"n": 5, "list": [1]}')
    assert differences([ONE, other], [_reply('{"n": 9, "list": [1]}')] * 2) == ()


def test_a_single_control_knows_no_noise() -> None:
    """With one control nothing can be told."""
    assert differences([ONE], [_reply('{"n": 9}')] * 2) == ()


def test_status_and_headers_count_but_not_the_clock() -> None:
    """Status, and headers other than those of the hop and the clock."""
    one, other = _reply("{}", Date="1", X_Total="1"), _reply("{}", 404, Date="2", X_Total="2")
    assert {d.path for d in differences([one, one], [other, other])} == {"status", "header x-total"}


def test_silence_differs_from_an_answer() -> None:
    """No answer is an answer of its own kind."""
    silent = NoReply("timeout", "no answer within 10 s")
    found = differences([ONE, ONE], [silent, silent])
    assert ("status", "200", "no answer (timeout)") in [
        (d.path, d.control, d.perturbed) for d in found
    ]


@given(st.lists(st.binary(max_size=20), min_size=2, max_size=4))
def test_controls_never_differ_from_themselves(bodies: list[bytes]) -> None:
    """Whatever was answered, the same answers accuse nobody."""
    answers = [Reply(200, (), body) for body in bodies]
    assert differences(answers, answers) == ()
    assert all(isinstance(anatomy(answer), dict) for answer in answers)
