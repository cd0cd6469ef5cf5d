from __future__ import annotations

import re

from twiceshy.site.timeline import Point, drawn, turning_points

CHECKOUT = [
    Point(0, "09:02", "release", "start"),
    Point(9, "09:11", "alert", "detected"),
    Point(18, "09:20", "call", "escalated"),
    Point(32, "09:34", "cause"),
    Point(47, "09:49", "restored", "resolved"),
]


def test_turning_points_are_marked_and_told():
    """Detection, escalation and resolution have a shape, a name and a place in the alternative."""
    drawing = str(drawn(CHECKOUT))
    assert 'role="img"' in drawing
    assert "5 events over 47 min. Started 09:02. Detected 09:11. Escalated 09:20." in drawing
    for mark in ("start", "detected", "escalated", "resolved"):
        assert f'class="mark {mark}"' in drawing
    assert drawing.count('class="dot"') == 1


def test_time_is_drawn_to_scale():
    """The alert stands nine minutes of forty-seven along the line."""
    places = [float(x) for x in re.findall(r'<svg x="([\d.]+)%"', str(drawn(CHECKOUT)))]
    assert sorted(places) == sorted([2, 98, round(2 + 96 * 9 / 47, 2), round(2 + 96 * 18 / 47, 2)])


def test_a_long_gap_is_broken_and_says_how_long_it_is():
    """A change a month before the incident must not push everything else into one point."""
    drawing = str(drawn([Point(-43200, "1 July", "the change"), *CHECKOUT]))
    assert drawing.count('class="break"') == 1
    assert "30 days" in drawing


def test_labels_of_one_moment_lie_in_rows_of_their_own():
    """Nothing is written over something else."""
    points = [Point(n / 10, f"09:0{n}", "x", mark) for n, mark in enumerate(("start", "detected"))]
    later = [Point(n, "later", "x") for n in (20, 40, 60)]
    drawing = str(drawn([*points, *later]))
    rows = re.findall(r'<text x="6" y="(-\d+)"', drawing)
    assert len(set(rows)) == 2


def test_no_drawing_without_two_moments():
    """A single point has no line."""
    assert drawn([]) is None
    assert drawn([Point(0, "09:00", "x"), Point(0, "09:00", "y")]) is None


def test_first_start_last_resolution():
    """A fix that did not hold is not the end."""
    points = [
        Point(0, "1", "a", "start"),
        Point(1, "2", "b", "start"),
        Point(2, "3", "c", "resolved"),
        Point(3, "4", "d", "resolved"),
    ]
    assert [point.words for point in turning_points(points)] == ["a", "d"]


def test_words_of_a_report_are_escaped():
    """A hint is text, whatever stands in it."""
    drawing = str(drawn([Point(0, "<b>", "</svg><script>", "start"), Point(1, "x", "<img>")]))
    assert "<script" not in drawing
    assert "<b>" not in drawing
    assert "<img" not in drawing
