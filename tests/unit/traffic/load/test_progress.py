"""Several processes are one run."""

from __future__ import annotations

from twiceshy.traffic.load.progress import Progress, together


def test_counts_add_up_and_times_do_not():
    """Three processes of ten seconds ran ten seconds."""
    parts = [Progress(seconds=9.0, sent=5, latest=0.1), Progress(seconds=10.0, sent=7, acked=6)]
    assert together(parts) == Progress(seconds=10.0, sent=12, acked=6, latest=0.1)
    assert together([]) == Progress()
