from __future__ import annotations

import pytest

from twiceshy.reports.prose.extent import impact_figures_of, services_of, severity_of
from twiceshy.reports.prose.parse import parse_document


def parsed(text):
    """The document of a text that holds one report."""
    (document,) = parse_document(text, "report.md")
    return document


@pytest.mark.parametrize(
    ("text", "severity"),
    [
        ("---\nseverity: 2\n---\n\nIt failed.\n", "2"),
        ("# Outage\n\n**Severity:** High (nobody could pay)\n", "High"),
        ("# Outage\n\n**Severidad:** alta — se perdieron pagos\n", "alta"),
        ("# Outage\n\n## Severity\n\nSEV-2\n", "SEV-2"),
        ("# SEV1: checkout down\n\nIt failed.\n", "SEV1"),
        ("# Vorfall\n\n- Schweregrad: kritisch\n", "kritisch"),
        ("# 障害報告\n\n重大度：高\n", "高"),
        ("# Outage\n\nIt failed severely.\n", None),
    ],
)
def test_severity_is_told_as_written(text, severity):
    """Without what explains it."""
    assert severity_of(parsed(text)).value == severity


@pytest.mark.parametrize(
    ("text", "services"),
    [
        ("---\nservices: [checkout, search]\n---\n\nIt failed.\n", ("checkout", "search")),
        ("# Outage\n\nAffected services: checkout, search\n", ("checkout", "search")),
        (
            "# Outage\n\n## Affected services\n\n- Checkout\n- Search (reads)\n",
            ("Checkout", "Search"),
        ),
        ("# Incidente\n\n- Servicios afectados: pagos y facturas\n", ("pagos", "facturas")),
        ("# 障害報告\n\n影響サービス：決済、検索\n", ("決済", "検索")),
        ("# Outage\n\nIt failed.\n", None),
    ],
)
def test_services_are_those_that_a_label_names(text, services):
    """From front matter, a line, or the list below a heading."""
    assert services_of(parsed(text)).value == services


@pytest.mark.parametrize(
    ("sentence", "figures"),
    [
        ("Approximately 85% of users saw errors.", ["Approximately 85% of users saw errors"]),
        ("In total 1,250 orders worth $28,105 were lost.", ["1,250 orders", "$28,105"]),
        ("Unos 300 usuarios no pudieron entrar.", ["Unos 300 usuarios"]),
        ("Etwa 40 Kunden waren betroffen.", ["Etwa 40 Kunden"]),
        ("約1,200人のユーザーに影響がありました。", ["約1,200人"]),
        ("The API answered 500 errors from 10:00 on May 3 2024.", []),
    ],
)
def test_figures_are_shares_counts_and_sums(sentence, figures):
    """Not times, dates and status codes."""
    document = parsed(f"# Outage\n\n## Impact\n{sentence}\n")
    assert [figure.text for figure in impact_figures_of(document)] == figures


def test_figures_outside_of_the_impact_are_left_out():
    """Measures and the timeline have numbers of their own."""
    document = parsed("# Outage\n\n## Action items\n- Alert at 80% of the disk\n")
    assert impact_figures_of(document) == ()
