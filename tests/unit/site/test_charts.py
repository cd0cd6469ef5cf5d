from __future__ import annotations

from twiceshy.site.charts import bars, columns, periods, share


def test_many_months_become_quarters_and_many_quarters_years():
    """A column stays wide enough to be seen."""
    few = {f"2026-{n:02d}": 1 for n in range(1, 13)}
    three = {f"{year}-{n:02d}": 1 for year in (2024, 2025, 2026) for n in range(1, 13)}
    many = {f"{year}-{n:02d}": 1 for year in range(2010, 2027) for n in range(1, 13)}
    assert periods(few) == few
    assert periods(three)["2024 Q1"] == 3
    assert periods(many)["2010"] == 12


def test_pictures_have_a_name_and_escape_what_they_show():
    """Counts by a word that a report chose."""
    rows = [("<script>", 2.0, "2", ""), ("x" * 80, 0.0, "0", "")]
    for picture in (
        columns("By month", {"2026-01": 2, "2026-02": 0}),
        bars("Severity", rows),
        share("Guards", [("Holds", 1, "holds"), ("<script>", 0, "none")]),
        columns("Nothing", {}),
        bars("Nothing", []),
        share("Nothing", []),
    ):
        assert 'role="img"' in picture
        assert "aria-label=" in picture
        assert "<script>" not in picture


def test_a_bar_is_as_long_as_its_share_of_the_longest():
    """Half is half."""
    picture = bars("x", [("a", 4, "4", ""), ("b", 2, "2", "second")])
    assert 'class="bar" x="0" y="20" width="100%"' in picture
    assert 'class="bar second" x="0" y="54" width="50%"' in picture
