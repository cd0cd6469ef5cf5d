from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from twiceshy.guards.command import Spec as CommandSpec
from twiceshy.guards.conservation.spec import Spec as ConservationSpec
from twiceshy.guards.isolation.spec import Spec as IsolationSpec
from twiceshy.guards.locks.spec import Spec as LocksSpec
from twiceshy.reports.prose.kinds import suggestion_of
from twiceshy.reports.prose.parse import parse_document

CAUSES = Path(__file__).with_name("causes.txt")
INCIDENTS = Path(__file__).with_name("incidents.txt")
HEADINGS = {
    "en": ("Root cause", "Corrective measures", "Add more monitoring."),
    "es": ("Causa raíz", "Acciones", "Mejorar la monitorización."),
    "pt": ("Causa raiz", "Ações", "Melhorar o monitoramento."),
    "fr": ("Cause racine", "Actions", "Améliorer la surveillance."),
    "de": ("Ursache", "Maßnahmen", "Überwachung verbessern."),
    "it": ("Causa", "Azioni", "Migliorare il monitoraggio."),
    "ja": ("原因", "再発防止策", "監視を強化する"),
}


def suggested(text):
    """The suggestion for a text that holds one report."""
    (document,) = parse_document(text, "report.md")
    return suggestion_of(document)


@pytest.mark.parametrize(
    ("kind", "language", "cause"),
    [line.split("|") for line in CAUSES.read_text(encoding="utf-8").splitlines()],
)
def test_a_cause_in_a_sentence_or_two_gives_its_kind(kind, language, cause):
    """What typical incidents say of their cause is enough, in each of the languages."""
    why, actions, task = HEADINGS[language]
    suggestion = suggested(f"# Postmortem\n\n## {why}\n{cause}\n\n## {actions}\n- {task}\n")
    assert suggestion.kind == kind
    assert suggestion.because
    assert bool(suggestion.draft) == (kind != "none")


@pytest.mark.parametrize(
    ("kinds", "incident"),
    [line.split("|") for line in INCIDENTS.read_text(encoding="utf-8").splitlines()],
)
def test_an_incident_told_in_running_text_gives_a_kind_that_fits(kinds, incident):
    """Where several kinds fit, any of them is fine; apologies and plans decide nothing."""
    rest = "We are sorry for the trouble. In the coming weeks we will improve our monitoring."
    assert suggested(f"# Incident report\n\n{incident}\n\n{rest}\n").kind in kinds.split(",")


OUTAGE = """# Postmortem: checkout outage

## Summary
The checkout answered with errors for half an hour.

## Timeline
- 10:00 Alert. First we suspected a network problem and looked at DNS.
- 10:10 The database team found no issue with slow queries.
- 10:20 {found}

## Root cause
{cause}

## Action items
- Write a runbook for DNS failures
- Check indexes of slow queries
"""


@pytest.mark.parametrize(
    ("kind", "cause"),
    [
        ("conservation", "The pool of database connections was exhausted by a burst of orders."),
        ("command", "A wrong path in the configuration of the proxy."),
        ("isolation", "The cache mixed up sessions, so people saw the carts of other customers."),
    ],
)
def test_the_cause_outweighs_what_was_suspected_and_planned(kind, cause):
    """A timeline follows wrong tracks, and measures go beyond what happened."""
    assert suggested(OUTAGE.format(cause=cause, found="The cause was found.")).kind == kind


def test_because_quotes_the_sentences_that_decided():
    """The quotes stand in the text as they are."""
    text = OUTAGE.format(cause="A deadlock on the orders table. It was bad.", found="Restarted.")
    suggestion = suggested(text)
    assert suggestion.kind == "locks"
    assert suggestion.because[0] == "A deadlock on the orders table."
    assert all(quote in " ".join(text.split()) for quote in suggestion.because)


def test_none_says_why_no_stage_shows_it():
    """The reason comes first, then what the text says."""
    suggestion = suggested(OUTAGE.format(cause="A power outage in the data center.", found="x"))
    assert suggestion.kind == "none"
    assert "power cut" in suggestion.because[0]
    assert suggestion.because[1] == "A power outage in the data center."


def test_a_text_that_tells_no_mechanism_gets_none():
    """Nothing is guessed from nothing."""
    suggestion = suggested("# Postmortem\n\nIt was a long night. All is well again.\n")
    assert (suggestion.kind, suggestion.score) == ("none", 0.0)
    assert "mechanism" in suggestion.because[0]


def test_the_draft_for_isolation_is_a_guard():
    """Requests of the text are taken over, the actors are left to be named."""
    cause = "The cache showed data of other users on `GET /goals` and `POST /deposits/{id}/assign`."
    draft = tomllib.loads(suggested(OUTAGE.format(cause=cause, found="x")).draft)
    spec = IsolationSpec.model_validate_json(json.dumps(draft))
    assert spec.requests == ("GET /goals", "POST /deposits/{id}/assign")


def test_the_draft_for_a_command_is_a_guard():
    """A known server brings its own check."""
    cause = "A typo in the Nginx configuration file."
    draft = tomllib.loads(suggested(OUTAGE.format(cause=cause, found="x")).draft)
    assert CommandSpec(**draft).run == "nginx -t"


@pytest.mark.parametrize(
    ("cause", "key", "value"),
    [
        (
            "The script db/optimise.sql ran ALTER TABLE orders and held a table lock on `orders`.",
            "script",
            "db/optimise.sql",
        ),
        ("An alembic migration held a lock on the `orders` table.", "rows", {"orders": 1_000_000}),
        ("The database migration with alembic failed.", "command", "alembic upgrade head"),
        ("The migration of the database failed.", "migrations", "migrations"),
        ("A slow query made GET /orders time out.", "traffic", ["GET /orders"]),
    ],
)
def test_the_draft_for_locks_is_a_guard(cause, key, value):
    """Scripts, tools, tables and requests of the text are taken over."""
    draft = tomllib.loads(suggested(OUTAGE.format(cause=cause, found="x")).draft)
    assert LocksSpec.model_validate_json(json.dumps(draft)).kind == "locks"
    assert draft[key] == value


@pytest.mark.parametrize(
    ("cause", "keys", "holds"),
    [
        (
            "A leftover row in the `guest_orders` table made POST /signup report a duplicate.",
            {"kind", "request", "json", "expect"},
            ("request", "POST /signup"),
        ),
        (
            "GET /preferences answered in an incompatible format: a field of the response renamed.",
            {"kind", "requests", "baseline"},
            ("requests", ["GET /preferences"]),
        ),
    ],
)
def test_drafts_of_the_other_kinds_hold_what_the_text_tells(cause, keys, holds):
    """The keys are those of the kind, filled in where the text says something."""
    draft = tomllib.loads(suggested(OUTAGE.format(cause=cause, found="x")).draft)
    assert set(draft) == keys
    key, value = holds
    assert draft[key] == value


@pytest.mark.parametrize(
    ("cause", "rate"),
    [
        (
            "A race condition lost transactions at 10,000 transactions per hour on POST /payments.",
            "10000/h",
        ),
        ("The pool of database connections was exhausted by a burst of orders.", "peak x 3"),
    ],
)
def test_the_draft_for_conservation_is_a_guard(cause, rate):
    """With the rate of the text, or with a peak to fill in."""
    draft = tomllib.loads(suggested(OUTAGE.format(cause=cause, found="x")).draft)
    assert ConservationSpec.model_validate_json(json.dumps(draft)).rate == rate
    assert "recorded" in draft


def test_a_hostile_sentence_stays_inside_of_the_drafts_comment():
    """Neither line breaks nor control characters leave the comment or the string."""
    cause = 'A deadlock on the table "a\x85kind = 1\u2028b"\x0bof orders, see x"\\y.sql'
    draft = suggested(OUTAGE.format(cause=cause, found="x")).draft
    assert tomllib.loads(draft)["kind"] == "locks"
