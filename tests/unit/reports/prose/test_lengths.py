"""How long things took, as the text states it."""

from __future__ import annotations

import pytest

from twiceshy.reports.prose.chronicle import Chronicle
from twiceshy.reports.prose.fields import fields_of
from twiceshy.reports.prose.lengths import lengths_of
from twiceshy.reports.prose.parse import parse_document


def _lengths(text):
    chronicle = Chronicle(parse_document(text, "a.md")[0])
    return lengths_of(chronicle, fields_of(chronicle))


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("Duration: 1 hour 20 minutes", 80), ("Downtime: 80m", 80), ("Duration: 01:20:00", 80),
        ("The outage lasted about 80 minutes.", 80), ("It took 80 minutes.", 80),
        ("An 80-minute outage followed.", 80), ("An 80-minute silent outage followed.", 80),
        ("Date: 2024-03-01 to 2024-03-04 (3 days)", 4320),
        ("80 minutes of silent failure.", 80), ("The site was down for 80 minutes.", 80),
        ("It was resolved within 80 minutes.", 80), ("Dauer: 80 Minuten", 80),
        ("Der Ausfall dauerte 80 Minuten.", 80), ("Duración: 80 minutos", 80),
        ("La caída duró 80 minutos.", 80), ("La panne a duré 80 minutes.", 80),
        ("O site ficou fora do ar por 80 minutos.", 80), ("Durata: 80 minuti", 80),
        ("影響時間: 80分", 80), ("80分間停止した。", 80),
    ],
)  # fmt: skip
def test_the_length_of_an_outage_is_read(text, minutes):
    """In fields and in sentences of each language."""
    (stated,) = _lengths(f"# Report\n\n{text}\n").outage
    assert stated.sure
    assert stated.minutes == minutes


@pytest.mark.parametrize(
    ("label", "kind"),
    [
        ("Time to detect", "detection"), ("MTTD", "detection"),
        ("Tiempo de detección", "detection"),
        ("Zeit bis zur Erkennung", "detection"), ("検知までの時間", "detection"),
        ("Time to resolve", "repair"), ("MTTR", "repair"), ("Tempo de resolução", "repair"),
    ],
)  # fmt: skip
def test_lengths_of_detection_and_repair_have_names(label, kind):
    """They are no length of the outage."""
    lengths = _lengths(f"# Report\n\n- {label}: 15 min\n")
    assert [stated.minutes for stated in getattr(lengths, kind)] == [15]
    assert lengths.outage == ()


def test_a_length_beside_a_failure_is_less_sure():
    """It may be that of something else."""
    (stated,) = _lengths("# Report\n\nSome users got errors for 80 minutes.\n").outage
    assert not stated.sure


def test_about_leaves_room_and_ranges_have_two_ends():
    """For the comparison with the timeline."""
    (stated,) = _lengths("# Report\n\nDuration: about 30-60 min\n").outage
    assert (stated.minutes, stated.most, stated.rough) == (30, 60, True)


@pytest.mark.parametrize(
    "text", ["Timeouts were raised to 30 seconds.", "We keep backups for 14 days.", "In 5 minutes."]
)
def test_other_lengths_are_not_of_the_outage(text):
    """Settings and habits."""
    assert _lengths(f"# Report\n\n{text}\n").outage == ()


def test_exposure_and_effort_are_quoted():
    """As the text says them."""
    lengths = _lengths(
        "# Report\n\nWrong prices were visible for around 2 hours.\n\n"
        "Three engineers spent about 5 hours on it.\n"
    )
    assert lengths.exposure.value == "around 2 hours"
    assert lengths.effort.value == "about 5 hours"


def test_a_field_can_say_them_too():
    """By its name."""
    lengths = _lengths("# Report\n\n- Exposure: 3 days\n- Engineering effort: 4 days\n")
    assert (lengths.exposure.value, lengths.effort.value) == ("3 days", "4 days")
