from __future__ import annotations

import pytest

from twiceshy.reports.headings import NAMES, canonical_name


@pytest.mark.parametrize("name", NAMES)
def test_every_canonical_name_is_its_own_heading(name):
    """Reports that use the names themselves are understood."""
    assert canonical_name(name.title()) == name


@pytest.mark.parametrize(
    ("heading", "name"),
    [
        ("Issue Summary", "summary"),
        ("RESUMEN", "summary"),
        ("Résumé", "summary"),
        ("Zusammenfassung", "summary"),
        ("Root cause:", "root causes"),
        ("3. Root Causes", "root causes"),
        ("Root Cause and Resolution", "root causes"),
        ("Causa raiz", "root causes"),
        ("Causa-raiz", "root causes"),
        ("Ursache", "root causes"),
        ("Auslöser", "trigger"),
        ("Gatilho", "trigger"),
        ("Détection", "detection"),
        ("Deteccion", "detection"),
        ("Resolución", "resolution"),
        ("Corrective & Preventative Measures", "action items"),
        ("Follow-up actions", "action items"),
        ("Acciones", "action items"),
        ("Maßnahmen", "action items"),
        ("MASSNAHMEN", "action items"),
        ("Plan d\u2019action", "action items"),
        ("Lições aprendidas", "lessons learned"),
        ("¿Qué salió bien?", "what went well"),
        ("What didn't go well", "what went wrong"),
        ("Ce qui s'est mal passé", "what went wrong"),
        ("Où nous avons eu de la chance", "where we got lucky"),
        ("Timeline (all times in UTC)", "timeline"),
        ("Timeline \u2013 UTC", "timeline"),
        ("Impact: customers", "impact"),
        ("The impact", "impact"),
        ("Root cause of the outage", "root causes"),
        ("Línea de tiempo", "timeline"),
        ("🔥 Impact 🔥", "impact"),
    ],
)
def test_headings_in_several_languages_are_recognised(heading, name):
    """Case, accents, numbering, punctuation and additions do not matter."""
    assert canonical_name(heading) == name


@pytest.mark.parametrize("heading", ["", "Introduction", "My first outage", "!!!", "Impactful"])
def test_other_headings_have_no_canonical_name(heading):
    """What is no section of a postmortem is kept as another heading."""
    assert canonical_name(heading) == ""
