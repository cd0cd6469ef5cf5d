from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twiceshy.model.exhibits import Lane, Lanes, Path, SideBySide, Span, Table
from twiceshy.model.plain import verdict_from_plain, verdict_to_plain
from twiceshy.model.verdict import Finding, Scope, Value, Verdict

TEXT = st.text(max_size=5)
TEXTS = st.lists(TEXT, max_size=3).map(tuple)
PAIRS = st.lists(st.tuples(TEXT, TEXT), max_size=2).map(tuple)
TIMES = st.floats(0, 10)
SPANS = st.lists(st.builds(Span, TIMES, TIMES, st.booleans(), TEXT, TEXT), max_size=2).map(tuple)
SORTS = st.sampled_from(["statement", "lock", "query", "other"])
LANES = st.lists(st.builds(Lane, TEXT, SORTS, SPANS, TEXT), max_size=2).map(tuple)
EXHIBITS = st.one_of(
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
)


@given(VERDICTS)
def test_a_verdict_survives_being_written(verdict):
    """Through JSON and back, everything is as it was."""
    assert verdict_from_plain(json.loads(json.dumps(verdict_to_plain(verdict)))) == verdict


def test_a_verdict_of_old_has_no_remedy():
    """Archives hold verdicts that were written before findings had one."""
    plain = verdict_to_plain(Verdict(Value.RECURS, (Finding("r", "t", "q"),)))
    del plain["findings"][0]["remedy"]
    assert verdict_from_plain(plain).findings[0].remedy == ""


def test_an_unknown_form_is_refused():
    """An exhibit of a form from the future is no exhibit of today."""
    plain = verdict_to_plain(Verdict(Value.RECURS, (Finding("r", "t", "q"),)))
    plain["findings"][0]["exhibits"] = [{"form": "hologram"}]
    with pytest.raises(ValueError, match="hologram"):
        verdict_from_plain(plain)
