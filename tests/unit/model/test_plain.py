from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twiceshy.model.exhibits import Band, Lane, Lanes, Line, Path, Series, SideBySide, Span, Table
from twiceshy.model.plain import (
    exhibit_from_plain,
    exhibit_to_plain,
    verdict_from_plain,
    verdict_to_plain,
)
from twiceshy.model.verdict import Finding, Scope, Value, Verdict

TEXT = st.text(max_size=5)
TEXTS = st.lists(TEXT, max_size=3).map(tuple)
PAIRS = st.lists(st.tuples(TEXT, TEXT), max_size=2).map(tuple)
TIMES = st.floats(0, 10)
SPANS = st.lists(st.builds(Span, TIMES, TIMES, st.booleans(), TEXT, TEXT), max_size=2).map(tuple)
SORTS = st.sampled_from(["statement", "lock", "query", "other"])
LANES = st.lists(st.builds(Lane, TEXT, SORTS, SPANS, TEXT), max_size=2).map(tuple)
VALUES = st.floats(allow_nan=False, allow_infinity=False)
POINTS = st.lists(st.tuples(TIMES, VALUES), max_size=3).map(tuple)
LINES = st.lists(st.builds(Line, TEXT, POINTS, st.booleans()), max_size=2).map(tuple)
BANDS = st.lists(st.builds(Band, TIMES, TIMES, TEXT), max_size=2).map(tuple)
EXHIBITS = st.one_of(
    st.builds(Series, TEXT, TEXT, TIMES, LINES, BANDS, st.booleans()),
    st.builds(Lanes, TEXT, TIMES, LANES),
    st.builds(SideBySide, TEXT, TEXT, TEXT, TEXT, TEXT, TEXTS),
    st.builds(Table, TEXT, TEXTS, st.lists(TEXTS, max_size=2).map(tuple)),
    st.builds(Path, TEXT, PAIRS),
)
FINDINGS = st.builds(
    Finding,
    rule=TEXT,
    title=TEXT,
    request=TEXT,
    seen=TEXT,
    data=TEXTS,
    remedy=TEXT,
    exhibits=st.lists(EXHIBITS, max_size=3).map(tuple),
)
VERDICTS = st.builds(
    Verdict,
    st.sampled_from(Value),
    st.lists(FINDINGS, max_size=2).map(tuple),
    st.builds(Scope, TEXTS, PAIRS, TEXTS, TEXT),
    TEXTS,
    st.lists(EXHIBITS, max_size=2).map(tuple),
)


@given(VERDICTS)
def test_a_verdict_survives_being_written(verdict):
    """Through JSON and back, everything is as it was."""
    assert verdict_from_plain(json.loads(json.dumps(verdict_to_plain(verdict)))) == verdict


def test_a_verdict_of_old_has_no_remedy_and_no_exhibits():
    """Archives hold verdicts that were written before findings had one, and verdicts some."""
    plain = verdict_to_plain(Verdict(Value.RECURS, (Finding("r", "t", "q"),)))
    del plain["findings"][0]["remedy"], plain["exhibits"]
    assert verdict_from_plain(plain).findings[0].remedy == ""
    assert verdict_from_plain(plain).exhibits == ()


def test_what_is_no_number_is_a_gap():
    """JSON has none, and nothing was measured there."""
    line = Line("p50", ((0.0, 4.0), (1.0, float("nan")), (2.0, float("inf")), (3.0, 5.0)))
    plain = exhibit_to_plain(Series("Latency", "ms", 5.0, (line,)))
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain
    shown = exhibit_from_plain(plain)
    assert isinstance(shown, Series)
    assert shown.lines[0].points == ((0.0, 4.0), (3.0, 5.0))


def test_an_unknown_form_is_refused():
    """An exhibit of a form from the future is no exhibit of today."""
    plain = verdict_to_plain(Verdict(Value.RECURS, (Finding("r", "t", "q"),)))
    plain["findings"][0]["exhibits"] = [{"form": "hologram"}]
    with pytest.raises(ValueError, match="hologram"):
        verdict_from_plain(plain)
