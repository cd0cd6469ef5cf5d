"""The guard `preexisting` on a small service: however deep the link hides, and its limits."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from acceptance.conftest import Notes
from twiceshy.guards.preexisting import plan
from twiceshy.stage.rows import run

SERVICE = Path(__file__).with_name("signups")
CONFIGURATION = """\
[database]
schema = ["signups/schema.sql"]
seed = ["signups/seed.sql"]

[service]
command = ["{python}", "signups/service.py", "--port", "{port}"]
ready = "GET /health"
env = { DATABASE_URL = "{database_url}" }
"""
GUARD = """\
kind = "preexisting"
request = "POST /%s"
json.name = "Bia Rocha"
json.email = "bia@example.com"
json.document = "529982247"
json.offer = "WELCOME2024"
%s"""


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    """Rehearses a habit; the stage is the same for all of them."""
    project = Notes(tmp_path_factory.mktemp("signups"))
    shutil.copytree(SERVICE, project.root / "signups", ignore=shutil.ignore_patterns("__pycache__"))
    (project.root / "twiceshy.toml").write_text(CONFIGURATION)
    with pytest.MonkeyPatch.context() as patch, project.stage() as stage:
        patch.setattr(plan, "_SPREAD", 0.2)

        def rehearse(habit: str, more: str = ""):
            path = project.write(habit, GUARD % (habit, more))
            return project.rehearse_file(stage, path)

        rehearse.stage = stage
        yield rehearse


def only_finding(rehearsed):
    """The one finding of a verdict that says `recurs`."""
    assert rehearsed.value == "recurs", rehearsed.verdict
    (finding,) = rehearsed.verdict.findings
    return finding


def path_of(finding):
    """How the row was met, as one text."""
    return "\n".join(
        f"{what} {detail}"
        for exhibit in finding.exhibits
        for what, detail in getattr(exhibit, "steps", ())
    )


def test_accounts_alone_count(asked):
    """Holds; rows elsewhere are met and changed, and a true duplicate is still refused."""
    done = asked("plainly")
    assert (done.value, done.why) == ("holds", "")
    assert "a true duplicate is answered 409: users has a row with email" in done.notes
    assert any("guests.contact: compared" in line for line in done.verdict.scope.tried)
    untried = dict(done.verdict.scope.untried)
    assert "never reads leads" in untried["rows of leads.email"]


def test_a_campaign_at_a_rate(asked):
    """Sent on a schedule, not as answers come; the rate that was reached is told."""
    done = asked("plainly", 'campaign = { played = 20, known = "50 %", rate = "100/s" }')
    (line,) = [line for line in done.verdict.scope.tried if line.startswith("a campaign: 20 came")]
    reached = re.search(r"came, ([\d.]+) a second where 100/s was asked for", line)
    assert reached
    assert 1 < float(reached[1]) <= 101
    assert "10 of them are known elsewhere; 0 were refused" in line


def test_another_name_and_type(asked):
    """A number in a table that no key ties to anything."""
    finding = only_finding(asked("by_invoice"))
    assert finding.rule == "refused-for-rows-elsewhere"
    assert finding.data == ("invoices.taxpayer",)
    assert "invoices.taxpayer already holds document 52" in finding.title
    assert "executed plan: taxpayer = '52" in path_of(finding)
    assert "status 409" in finding.after
    assert "FROM invoices WHERE taxpayer" in finding.statement


@pytest.mark.parametrize("habit", ["through_a_view", "through_a_function"])
def test_through_views_and_functions(asked, habit):
    """The plan names the table below."""
    finding = only_finding(asked(habit))
    assert finding.data == ("guests.contact",)


@pytest.mark.parametrize("habit", ["through_a_second_query", "through_a_join"])
def test_through_what_a_first_row_leads_to(asked, habit):
    """One row is harmless; its id leads to the next table."""
    finding = only_finding(asked(habit))
    assert finding.data == ("people.document", "debts.debtor")
    assert "debts.debtor already holds" in finding.title


def test_through_a_plain_hash(asked):
    """A hash that anybody can make is made."""
    finding = only_finding(asked("hashed"))
    assert finding.data == ("fingerprints.digest",)
    assert "as sha256" in path_of(finding)


def test_through_a_hash_with_a_secret(asked):
    """What cannot be made is planted as it was seen."""
    finding = only_finding(asked("peppered"))
    assert finding.data == ("fingerprints.digest",)
    assert "made of the keys" in path_of(finding)


def test_through_a_hash_with_a_salt_in_each_row(asked):
    """Nothing can be planted that matches: it is said, and nothing is claimed."""
    done = asked("salted")
    assert done.value == "unknown"
    assert "salted.document_hash looks like a key that was hashed" in done.why


def test_compared_in_the_service(asked):
    """No plan compares anything; the column is found by its name."""
    finding = only_finding(asked("in_python"))
    assert finding.data == ("leads.email",)
    assert "found by schema: it is called like users.email" in path_of(finding)


def test_only_in_one_state(asked):
    """The state is named, and the SQL for production counts only rows in that state."""
    finding = only_finding(asked("only_blocked"))
    assert "and state = blocked" in finding.state
    assert "IN ('blocked')" in path_of(finding)
    finding = only_finding(asked("only_deleted"))
    assert "deleted_at = 2020" in finding.state
    assert '"deleted_at" IS NOT NULL' in path_of(finding)


def test_answered_well_and_not_saved(asked):
    """The status says nothing; the row is missing."""
    finding = only_finding(asked("without_a_word"))
    assert finding.rule == "writes-less-for-rows-elsewhere"
    assert (finding.before, finding.after) == (
        "status 201, adds 1 row to users",
        "status 201, writes no row",
    )


def test_a_true_duplicate_that_breaks_the_service(asked):
    """It may be refused, with a reason; it may not fail."""
    done = asked("crashes")
    assert done.value == "recurs"
    assert done.rules == {"duplicate-crashes", "twin-fails"}


def test_a_value_that_names_a_row_is_no_key(asked):
    """The offer stays as it is written, since the data holds it."""
    assert asked("offered").value == "holds"


def test_sql_for_production(asked):
    """It runs, only reads, and counts whoever is known elsewhere alone."""
    finding = only_finding(asked("by_invoice"))
    (sql,) = [
        detail
        for exhibit in finding.exhibits
        if exhibit.title == "Who would be refused today"
        for _, detail in exhibit.steps
    ]
    conn = asked.stage.scene.stage.world.connection
    with conn.transaction():
        run(conn, "SET TRANSACTION READ ONLY")
        assert run(conn, sql) == [{"would_be_refused": "1"}]


# -- what cannot be told ----------------------------------------------------------------------


def test_refused_with_nothing_in_its_way(asked):
    """There is no legitimate outcome to protect."""
    done = asked("refused")
    assert done.value == "unknown"
    assert "is refused although nobody has used its keys: status 409" in done.why


def test_a_service_that_writes_later(asked):
    """Whose outcome is whose cannot be told."""
    done = asked("asynchronously")
    assert done.value == "unknown"
    assert "writes" in done.why


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ('skip = ["gests"]', "skip names gests, and there is no such table; did you mean guests?"),
        ("expect = { rows = { user = 1 } }", "expect.rows names user, and there is no such table"),
        ('must_accept = ["x"]', "must_accept names x, and there is no such table"),
        ('keys = ["e-mail"]', "keys names e-mail, and the request has no such value"),
        ("expect = { status = 200 }", "expect says status 200, and the control had: status 201"),
        ("expect = { rows = { leads = 1 } }", "expect says that the request adds 1 to leads"),
    ],
)
def test_names_that_are_not_there(asked, more, why):
    """What a guard names must be there, and its expectation must be met by the control."""
    done = asked("plainly", more)
    assert done.value == "unknown"
    assert why in done.why


def test_a_table_that_may_refuse(asked):
    """With a reason it is told, not accused."""
    more = 'allow = [{ table = "invoices", reason = "they owe us money" }]'
    done = asked("by_invoice", more)
    assert done.value == "holds"
    assert "which is allowed: they owe us money" in done.notes


def test_a_table_that_must_not_refuse_although_it_is_written(asked):
    """Accounts refuse by rule; the guard may say that they must not."""
    done = asked("plainly", 'must_accept = ["users"]')
    assert done.value == "recurs"
    assert {finding.data[0].partition(".")[0] for finding in done.verdict.findings} == {"users"}
