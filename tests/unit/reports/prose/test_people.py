from __future__ import annotations

import pytest

from twiceshy.reports.prose.parse import parse_document
from twiceshy.reports.prose.people import authors_of


@pytest.mark.parametrize(
    ("text", "authors"),
    [
        ('+++\nauthor = "Ana Díaz"\n+++\n\nIt failed.\n', ("Ana Díaz",)),
        ("---\nauthors:\n  - ana\n  - ben\n---\n\nIt failed.\n", ("ana", "ben")),
        ("---\nauthors:\n  - name: Ana Díaz\n---\n\nIt failed.\n", ("Ana Díaz",)),
        ("# Outage\n\n**Author:** Ana Díaz, Ben Roe\n", ("Ana Díaz", "Ben Roe")),
        ("# Outage\n\n| Field | Value |\n|---|---|\n| Author | Ana |\n", ("Ana",)),
        ("## Owner: @ana\n\n# Overview\n\nIt failed.\n", ("ana",)),
        ("# Outage\n\n_By Ana Díaz._\n\nIt failed.\n", ("Ana Díaz",)),
        ("# Incidente\n\nAutores: Ana y Ben\n", ("Ana", "Ben")),
        ("# Incident\n\nAuteurs : Anne et Luc (SRE)\n", ("Anne", "Luc")),
        ("# Vorfall\n\nVerfasser: Petra und Jan\n", ("Petra", "Jan")),
        ("# 障害報告\n\n作成者：田中、鈴木\n", ("田中", "鈴木")),
        ("# Outage\n\nAuthor: TBD\n", None),
        ("# Outage\n\nBy then, everything had failed.\n\nNobody signed this.\n", None),
    ],
)
def test_authors_are_read_from_front_matter_labels_and_lines(text, authors):
    """Names without handles' signs and roles; a placeholder is nobody."""
    (document,) = parse_document(text, "report.md")
    assert authors_of(document).value == authors
