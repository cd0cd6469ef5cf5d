from __future__ import annotations

from twiceshy.library import Audience
from unit.library.conftest import TODAY, written

INTERNAL = Audience.INTERNAL


def test_reasons_are_told(shelf):
    """Across languages by mechanism; by names of tables and by services."""
    keys = 'date = 2026-03-14\nservices = ["orders"]\n'
    shelf.put("en", written("Orders stopped", keys=keys))
    shelf.put(
        "es",
        "+++\ntitle = 'Caída'\ndate = 2025-01-02\nservices = ['orders']\n+++\n"
        "## Causa raíz\nUna migración bloqueó la tabla `orders`.\n",
    )
    shelf.put("other", written("Mails lost", cause="a certificate of the provider expired"))
    for number in range(4):
        shelf.put(f"x{number}", written(f"Disk {number}", cause="the disk was full"))
    with shelf.open() as library:
        first = library.similar("en", INTERNAL)[0]
    assert first.entry.id == "es"
    assert {reason.because for reason in first.reasons} >= {"mechanism", "names", "service"}
    assert 0 < first.score <= 1
    assert any(reason.says == "same service: orders" for reason in first.reasons)


def test_nothing_in_common(shelf):
    """Then there is no similar report."""
    shelf.put("a", "+++\ntitle = 'Alpha'\n+++\n## Root cause\nAlpha bravo charlie.\n")
    shelf.put("b", "+++\ntitle = 'Delta'\n+++\n## Root cause\nDelta echo foxtrot.\n")
    with shelf.open() as library:
        assert library.similar("a", INTERNAL) == ()


def test_recurrence_and_times(shelf):
    """The same kind and mechanism again; medians of those that say them."""
    for day in ("2026-01-10", "2026-03-10"):
        shelf.put(day, written("Orders", keys=f"date = {day}\nseverity = 'Sev1'\n", guard=True))
    with shelf.open() as library:
        stats = library.stats(INTERNAL, TODAY)
    (again,) = stats.recurrences
    assert again.reports == ("2026-01-10", "2026-03-10")
    assert again.kind == "command"
    assert stats.repeated == 1
    assert list(stats.by_month) == ["2026-01", "2026-02", "2026-03"]
    assert stats.by_severity == {"Sev1": 2}
    assert stats.duration.reports == 2
    assert stats.duration.median == 40
    assert (stats.coverage.guarded, stats.coverage.unreproduced) == (2, 2)
    assert (stats.open_actions, stats.overdue_actions) == (4, 2)


def test_a_slip_in_a_date_makes_no_endless_list(shelf):
    """Months are only filled up within 50 years."""
    shelf.put("a", written("A", keys="date = 0001-01-01\n"))
    shelf.put("b", written("B", keys="date = 2026-01-01\n"))
    with shelf.open() as library:
        assert len(library.stats(INTERNAL, TODAY).by_month) == 2
