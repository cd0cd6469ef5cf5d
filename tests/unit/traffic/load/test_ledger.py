"""A ledger is read as it was written, however it was cut off."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twiceshy.errors import CannotTell, UsageError
from twiceshy.model.ledger import Attempt, Closed, Detail, Intent, Outcome, Retried, Unsent
from twiceshy.traffic.load import ledger_writer
from twiceshy.traffic.load.ledger import Ledger
from twiceshy.traffic.load.ledger_format import ATTEMPT, DETAIL_CODES, INTENT, OUTCOME_CODES
from twiceshy.traffic.load.ledger_writer import LedgerWriter

numbers = st.integers(0, 2**32 - 1)
moments = st.integers(0, 2**63)
details = st.sampled_from(Detail)
intents = st.builds(
    Intent, numbers, st.text(max_size=60), st.integers(-(2**63), 2**63 - 1), moments
)
retries = st.builds(Retried, numbers, st.integers(1, 9), moments)
attempts = st.builds(
    Attempt,
    numbers,
    st.integers(1, 9),
    st.sampled_from(Outcome),
    details,
    st.integers(0, 999),
    moments,
    moments,
)
entries = st.lists(st.one_of(intents, retries, attempts, st.builds(Unsent, numbers, moments)))


def write(path, entries, *, finish=False):
    """A ledger with these entries."""
    with LedgerWriter(path, {"request": "POST /payments"}) as writer:
        for entry in entries:
            append(writer, entry)
        if finish:
            writer.finish(len(entries), 0)


def append(writer, entry):
    """Keep one entry."""
    if isinstance(entry, Retried):
        writer.retry(entry)
    else:
        kinds = {Intent: intend, Attempt: conclude, Unsent: LedgerWriter.leave}
        kinds[type(entry)](writer, [entry])


def intend(writer, intents):
    """Keep these intents, packed as a run packs them."""
    named = [(number, key.encode(), amount, planned) for number, key, amount, planned in intents]
    writer.intend(
        [INTENT.pack(number, amount, at, len(key)) + key for number, key, amount, at in named]
    )


def conclude(writer, attempts):
    """Keep the end of these attempts."""
    codes = [
        one._replace(outcome=OUTCOME_CODES[one.outcome], detail=DETAIL_CODES[one.detail])
        for one in attempts
    ]
    writer.conclude([ATTEMPT.pack(*one) for one in codes])


@given(entries)
@settings(max_examples=25)
def test_what_was_written_is_read(tmp_path_factory, entries):
    """Every entry comes back, in order; the head and the end too."""
    path = tmp_path_factory.mktemp("ledger") / "0.ledger"
    write(path, entries, finish=True)
    ledger = Ledger(path)
    assert list(ledger) == [*entries, Closed(len(entries), 0)]
    assert list(ledger) == list(ledger)
    assert ledger.heads[0]["request"] == "POST /payments"
    assert ledger.ends[0].closed
    assert str(ledger.ends[0]) == "0.ledger: the run came to its end"


SOME = [
    Intent(0, "0a1b", 700, 5),
    Intent(1, "ключ", -3, 6),
    Attempt(0, 1, Outcome.UNKNOWN, Detail.CUT, 0, 6, 9),
    Retried(0, 2, 12),
    Unsent(2, 13),
    Attempt(0, 2, Outcome.ACKED, Detail.ANSWERED, 201, 13, 20),
]


def test_a_ledger_cut_at_any_byte_can_be_read(tmp_path):
    """What is whole is read, the rest is ignored, and it is said how much that is."""
    whole = tmp_path / "whole.ledger"
    write(whole, SOME, finish=True)
    content = whole.read_bytes()
    cut = tmp_path / "cut.ledger"
    most = 0
    for length in range(len(content) + 1):
        cut.write_bytes(content[:length])
        found = list(Ledger(cut))
        assert found == [*SOME, Closed(len(SOME), 0)][: len(found)]
        assert most <= len(found)
        most = len(found)
        (end,) = Ledger(cut).ends
        assert end.closed == (length == len(content))
        assert end.whole <= length
        assert end.ignored == len(content[end.whole : length].rstrip(b"\0"))
    assert most == len(SOME) + 1


def test_a_ledger_with_a_wrong_byte_is_read_up_to_there(tmp_path):
    """No byte of an entry can change without its entry being refused."""
    path = tmp_path / "0.ledger"
    write(path, SOME)
    content = path.read_bytes()
    start = 18
    for place in range(start, len(content)):
        path.write_bytes(content[:place] + bytes([content[place] ^ 0x40]) + content[place + 1 :])
        found = list(Ledger(path))
        assert found == SOME[: len(found)]
        assert len(found) < len(SOME)
        assert Ledger(path).ends[0].ignored
    assert "hold no whole entry and were ignored" in str(Ledger(path).ends[0])


def test_a_ledger_is_whole_before_it_is_closed(tmp_path):
    """As after a kill: nothing was closed, the room to grow is there, and all entries are read."""
    path = tmp_path / "0.ledger"
    writer = LedgerWriter(path)
    for entry in SOME:
        append(writer, entry)
    assert list(Ledger(path)) == SOME
    (end,) = Ledger(path).ends
    assert (end.closed, end.ignored) == (False, 0)
    assert str(end) == "0.ledger: the run was stopped in the middle"
    writer.close()
    writer.close()


def test_a_ledger_grows_over_its_windows(tmp_path, monkeypatch):
    """Memory is mapped piece by piece; entries may lie across the pieces."""
    monkeypatch.setattr(ledger_writer, "_WINDOW", 8192 * 10)
    path = tmp_path / "0.ledger"
    many = [Intent(number, "k" * 36, number, number) for number in range(5000)]
    ends = [Attempt(n, 1, Outcome.ACKED, Detail.ANSWERED, 200, n, n) for n in range(5000)]
    with LedgerWriter(path) as writer:
        for first in range(0, 5000, 500):
            intend(writer, many[first : first + 500])
        conclude(writer, ends)
        assert path.stat().st_size > writer.written
    assert list(Ledger(path)) == [*many, *ends]
    assert path.stat().st_size == writer.written


def test_ledgers_of_several_processes_are_one(tmp_path):
    """A folder is read file by file."""
    write(tmp_path / "0.ledger", SOME[:1], finish=True)
    write(tmp_path / "1.ledger", SOME[1:2])
    ledger = Ledger(tmp_path)
    assert [entry for entry in ledger if isinstance(entry, Intent)] == SOME[:2]
    assert [end.closed for end in ledger.ends] == [True, False]


def test_an_account_is_never_written_over(tmp_path):
    """A file that exists is left alone."""
    write(tmp_path / "0.ledger", SOME)
    with pytest.raises(UsageError, match="There is a ledger already"):
        LedgerWriter(tmp_path / "0.ledger")
    assert list(Ledger(tmp_path)) == SOME


def test_a_ledger_that_cannot_be_kept_is_told(tmp_path):
    """Where nothing can be written, nothing may be sent."""
    with pytest.raises(CannotTell, match="nothing more may be sent"):
        LedgerWriter(tmp_path / "nowhere" / "0.ledger")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"PK\x03\x04 something else entirely", "is no ledger"),
        (b"short", "is no ledger"),
        (b"twiceshy ledger\n\x02\x00", "is of format 2"),
    ],
)
def test_what_is_no_ledger_is_told(tmp_path, content, says):
    """Another file, or one of a newer version."""
    path = tmp_path / "0.ledger"
    path.write_bytes(content)
    with pytest.raises(UsageError, match=says):
        list(Ledger(path))


def test_a_missing_ledger_is_told(tmp_path):
    """No file, or a folder without any."""
    with pytest.raises(UsageError, match="no ledger in this folder"):
        Ledger(tmp_path)
    with pytest.raises(UsageError, match="cannot be read"):
        list(Ledger(tmp_path / "0.ledger"))
