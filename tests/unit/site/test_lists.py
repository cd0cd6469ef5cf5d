from __future__ import annotations

import re

from twiceshy.site.lists import all_reports, all_topics, board, home, rank, topics, worst


def test_home_shows_newest_worst_and_what_is_open(sites):
    """With a search field and links to all the rest."""
    html = home(sites["public"])
    assert '<form class="find" role="search" action="search.html"' in html
    assert html.index("Checkout refused") < html.index("The queue of invoices")
    assert "<b>6</b> reports" in html
    assert "Check the provider&#39;s address" in html


def test_worst_is_by_severity_and_then_by_length(sites):
    """Words and numbers of any make are ranked."""
    assert [entry.severity for entry in worst(sites["restricted"].entries)][:3] == ["SEV1"] * 3
    ranks = [rank(severity) for severity in ("SEV1", "P2", "crítica", "Hoch", "低", "?", "")]
    assert ranks == [1, 2, 1, 2, 4, 9, 9]


def test_reports_stand_under_their_years(sites):
    """Newest first."""
    html = all_reports(sites["public"])
    assert re.search(r"2024 <small>6 reports</small>", html)


def test_topics_have_pages_of_their_own(sites):
    """Services and tags by name, with the number of their reports."""
    names = {topic.name: topic.count for topic in topics(sites["public"], "tags")}
    assert names["rollback"] == 2
    assert "privacidad" not in names
    assert 'href="tags/rollback.html"' in all_topics(sites["public"])


def test_the_board_puts_owners_with_overdue_items_first(sites):
    """Nobody's items come last, and what is overdue is marked."""
    html = board(sites["public"])
    owners = re.findall(r'<h2 id="o\d+">(.*?) <small>', html)
    assert owners[0] == "ana"
    assert owners.index("mira") < owners.index("jonas")
    assert owners.index("jonas") < owners.index("Nobody yet")
    assert 'class="is-late"' in html
