"""Curves over time, at a terminal and as a drawing for pages."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.unit.model.test_plain import BANDS, LINES, TEXT, TIMES
from tests.unit.render.strained import KILLED, LATENCY, TOTALS

from twiceshy.model.exhibits import Band, Line, Series
from twiceshy.render.exhibits import exhibit
from twiceshy.render.marks import ASCII, Page
from twiceshy.render.series_svg import STYLE, series_svg

SERIES = st.builds(Series, TEXT, TEXT, TIMES, LINES, BANDS, st.booleans())
SVG = "{http://www.w3.org/2000/svg}"


def text(shown, width=80, **page) -> str:
    """The exhibit without colours."""
    return "\n".join(line.plain for line in exhibit(shown, Page(width, **page)))


def drawn(shown) -> ET.Element:
    """The drawing, read by a strict reader."""
    written = series_svg(shown).replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)
    return ET.fromstring(written)


@pytest.mark.parametrize("shown", [LATENCY, TOTALS], ids=["latency", "totals"])
def test_the_terminal(snapshot, shown):
    """A row for each curve with its figures, the fault below its time, moments below that."""
    assert text(shown) == snapshot


def test_everything(snapshot):
    """With --verbose the curves are taller."""
    assert text(LATENCY, verbose=True) == snapshot


def test_a_narrow_terminal(snapshot):
    """Figures stand below their curve, so that none is lost."""
    assert text(LATENCY, width=40) == snapshot


def test_letters_of_every_terminal(snapshot):
    """Without blocks where the terminal has none."""
    told = text(replace(LATENCY, bands=(KILLED, Band(2.6, 2.6, "cut"))), marks=ASCII)
    assert told.isascii()
    assert told == snapshot


def test_names_of_faults_never_lie_on_each_other():
    """They take a further row, and one near the end stands before its time."""
    bands = (
        Band(1, 1.5, "kill"),
        Band(1.2, 1.6, "cut"),
        Band(4.8, 5, "restart the whole database"),
    )
    lines = text(replace(LATENCY, bands=bands)).splitlines()
    assert lines[-3].split() == ["├────┤", "kill", "restart", "the", "whole", "database", "├─┤"]
    assert lines[-2].split() == ["├───┤", "cut"]


def test_a_long_fault_holds_its_name():
    """There is room within it."""
    told = text(replace(LATENCY, bands=(Band(1, 4, "kill service"),)))
    assert "─ kill service ─" in told


def test_many_curves_are_counted():
    """Unless all are wanted."""
    many = replace(TOTALS, lines=tuple(Line(str(n), ((0.0, 1.0),)) for n in range(12)))
    assert text(many).endswith("… 4 more curves (--verbose shows them)")
    assert "more curves" not in text(many, verbose=True)


@pytest.mark.parametrize("lines", [(), (Line("p50", ()),)])
def test_nothing_measured(lines):
    """Is said, in both forms."""
    shown = Series("Latency", "ms", 5.0, lines, (KILLED,))
    assert text(shown).endswith("nothing was measured")
    assert not list(drawn(shown).iter(f"{SVG}path"))
    assert "kill service" in series_svg(shown)


FULL = Series("", "", 1.0, (Line("\x80", ((0.0, 0.0),)),), (Band(0.0, 1.0, "000\x80"),))


@example(shown=FULL, width=20, verbose=False)  # no room for the name, neither within nor beside
@given(SERIES, st.sampled_from([20, 34, 60, 110]), st.booleans())
@settings(max_examples=60)
def test_it_fits_the_page(shown, width, verbose):
    """Whatever is shown, at every width; only names are cut."""
    page = Page(width, ASCII, verbose=verbose)
    assert all(line.cell_len <= width for line in exhibit(shown, page))


@given(SERIES)
@settings(max_examples=60)
def test_every_place_lies_in_the_drawing(shown):
    """And what is foreign in it is text."""
    root = drawn(replace(shown, title="<script>"))
    height = float(root.attrib["viewBox"].split()[3])
    for circle in root.iter(f"{SVG}circle"):
        assert 0 <= float(circle.attrib["cx"]) <= 960
        assert 0 <= float(circle.attrib["cy"]) <= height
    assert not list(root.iter(f"{SVG}script"))


def test_the_drawing(snapshot):
    """As browsers get it."""
    short = replace(
        LATENCY, lines=tuple(replace(one, points=one.points[6:11]) for one in LATENCY.lines)
    )
    assert series_svg(short) == snapshot


def test_it_tells_itself_to_who_does_not_see_it():
    """Title, figures and faults; each point and each fault says what it is when pointed at."""
    root = drawn(LATENCY)
    assert root.attrib["role"] == "img"
    told = root.attrib["aria-label"]
    assert told.startswith(f"{LATENCY.title}. p50: 3.4 to 420 ms at 1.7 s")
    assert told.endswith("kill service from 1.7 s to 2.4 s")
    titles = [title.text for title in root.iter(f"{SVG}title")]
    assert "p99 at 1.7 s: 905 ms" in titles
    assert "kill service, from 1.7 s to 2.4 s" in titles


def test_all_curves_have_dots_or_none():
    """One of many points has no room for them, and beside it they would look like a mark."""
    few = Line("sent", tuple((float(at), 5.0) for at in range(40)))
    many = Line("acknowledged", tuple((at / 2, 4.0) for at in range(80)))
    assert 'class="dot' in series_svg(replace(LATENCY, lines=(few,)))
    assert 'class="dot' not in series_svg(replace(LATENCY, lines=(few, many)))


def test_only_a_peak_is_told_as_one():
    """Neither what grows all the time nor what stays the same has any; nor what is not greatest."""
    even = Line("sent", tuple((float(at), 100.0 + at % 2) for at in range(6)))
    grown = Line("all", tuple((float(at), 100.0 * at) for at in range(6)))
    assert 'class="peak' in series_svg(LATENCY)
    assert 'class="peak' not in series_svg(replace(TOTALS, lines=(even, grown)))
    over = Line("p99", ((0.0, 2000.0), (5.0, 2000.0)))
    assert 'class="peak' not in series_svg(replace(LATENCY, lines=(*LATENCY.lines, over)))


@pytest.mark.parametrize(
    ("at", "most", "anchor"), [(1, 999, "start"), (9, 999, "end"), (5, 640, "middle")]
)
def test_a_peak_is_told_where_there_is_room(at, most, anchor):
    """Above it, else before it, else behind it."""
    points = tuple((float(n), float(most if n == at else 1)) for n in range(11))
    root = drawn(Series("Latency", "ms", 10.0, (Line("p99", points),)))
    (told,) = root.findall(f"{SVG}text[@class='halo']")
    assert told.attrib["text-anchor"] == anchor


def test_gaps_are_not_drawn_over():
    """A curve begins anew behind one; a count goes on in steps."""
    gap = Line("p50", tuple(point for point in LATENCY.lines[0].points if not 3 < point[0] < 3.6))
    curve = drawn(replace(LATENCY, lines=(gap,))).find(f"{SVG}path[@class='curve c0']")
    count = drawn(TOTALS).find(f"{SVG}path[@class='curve c0']")
    assert curve.attrib["d"].count("M") == 2
    assert count.attrib["d"].count("M") == 1
    assert "L" not in count.attrib["d"]


def test_a_curve_shows_below_one_that_goes_the_same_way():
    """It is drawn wide, so that all are seen; the one above it, and one alone, are not."""
    same = (Line(name, LATENCY.lines[0].points) for name in ("planned", "sent", "acknowledged"))
    root = drawn(replace(LATENCY, lines=(*same, LATENCY.lines[2])))
    sorts = [path.attrib["class"] for path in root.iter(f"{SVG}path")]
    curves = [sort for sort in sorts if sort.startswith("curve")]
    assert curves == ["curve c0 beneath", "curve c1 below", "curve c2", "curve c3"]


def test_names_stand_apart():
    """Where curves end at one place, too."""
    root = drawn(replace(TOTALS, lines=tuple(Line(str(n), ((0.0, 7.0),)) for n in range(8))))
    places = [float(one.attrib["y"]) for one in root.iter(f"{SVG}text") if len(one) == 3]
    assert len(places) == 8
    assert all(after - before >= 16 for before, after in pairwise(places))


def test_no_more_points_than_can_be_seen():
    """Of twenty thousand, the drawing keeps the extremes."""
    points = tuple((n / 4000, 900.0 if n == 10234 else float(n % 7)) for n in range(20_000))
    written = series_svg(Series("Latency", "ms", 5.0, (Line("p50", points),)))
    assert len(written) < 120_000
    assert "900 ms at 2.56 s" in written


def test_colours_are_those_of_the_page():
    """The drawing itself names none, so that it is dark where the page is."""
    assert "#" not in series_svg(LATENCY)
    for number in range(6):
        assert f".c{number}{{--curve:light-dark(" in STYLE
