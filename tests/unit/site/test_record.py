from __future__ import annotations

import json

from twiceshy.site.pages import volume_of
from twiceshy.site.record import ReportRecord, record, schema


def _record(site, id_):
    return record(site, volume_of(site, id_), site.library.similar(id_, site.audience))


def test_a_report_as_json_is_what_its_schema_says(sites):
    """Every report of the shelf, hostile ones too."""
    known = schema()
    for entry in sites["restricted"].entries:
        made = json.loads(_record(sites["restricted"], entry.id))
        ReportRecord.model_validate(made)
        assert set(made) == set(known["properties"])


def test_the_record_names_page_guards_and_action_items(sites):
    """What a program would otherwise read out of the page."""
    site = sites["public"]
    made = json.loads(_record(site, "2024-10-14-checkout"))
    assert made["page"] == "reports/2024-10-14-checkout.html"
    assert made["state"] == "recurs"
    assert made["guards"][0]["kind"] == "command"
    assert [item["overdue"] for item in made["action_items"]] == [False, True, False]
    assert made["severity"] == "SEV1"


def test_every_key_of_the_schema_says_what_it_is():
    """The schema is published beside the reports."""
    made = schema()
    for table in [made, *made["$defs"].values()]:
        assert all(value.get("description") for value in table["properties"].values())
        assert table["additionalProperties"] is False
