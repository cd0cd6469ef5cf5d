"""Generated mutations that show or change nothing of anybody else: no leak, so no verdict."""

from __future__ import annotations

MUST_EXIST = "a foreign key that is never null leads there, so the row cannot be missing"
OWN_ONLY = "the answer is wrong, but made of Ana's own rows alone, and alike with or without Ben's"
OWN_CHECKED = "goal and deposit are still known to be Ana's, so only her own amounts go astray"
NEVER_FOUND = "an id is compared with another kind of id: Ana's own things are not found any more"
REFUSED = "an id of the other kind breaks the foreign key, so that nothing is ever written"
TAKEN_NAME = "shows only where Ben's goal bears the very name that Ana sends; see kind preexisting"

SILENT = {
    "goals.LATEST:left:1": MUST_EXIST,
    "goals.ONE:swap:2": NEVER_FOUND,
    "goals.ASSIGNMENTS:left:1": MUST_EXIST,
    "goals.TAKEN:drop:1": TAKEN_NAME,
    "goals.TAKEN:turn:1": TAKEN_NAME,
    "goals.TAKEN:drop:2": OWN_ONLY,
    "goals.RENAME:drop:1": OWN_ONLY,
    "goals.RENAME:swap:1": OWN_ONLY,
    "goals.RENAME:swap:2": NEVER_FOUND,
    "ledger.TOTALS:drop:2": OWN_ONLY,
    "ledger.SEARCH:drop:3": OWN_ONLY,
    "ledger.ONE:swap:2": NEVER_FOUND,
    "ledger.ASSIGNMENTS:left:1": MUST_EXIST,
    "ledger.IN_GOAL:drop:2": OWN_CHECKED,
    "ledger.IN_GOAL:turn:1": OWN_CHECKED,
    "ledger.IN_GOAL:drop:3": OWN_CHECKED,
    "ledger.IN_GOAL:drop:4": OWN_ONLY,
    "ledger.IN_GOAL:drop:5": OWN_ONLY,
    "ledger.IN_GOAL:left:1": "every deposit has an owner, and WHERE asks for the goal anyway",
    "ledger.IN_GOAL:swap:1": OWN_ONLY,
    "ledger.IN_GOAL:swap:2": OWN_ONLY,
    "ledger.IN_GOAL:swap:3": NEVER_FOUND,
    "ledger.TO_ASSIGN:drop:3": OWN_ONLY,
    "ledger.TO_ASSIGN:swap:2": NEVER_FOUND,
    "ledger.ASSIGN:swap:1": REFUSED,
    "ledger.ASSIGN:swap:2": REFUSED,
    "ledger.ACTIVITY:left:1": MUST_EXIST,
    "ledger.SUMMARY:left:1": MUST_EXIST,
    "pending.OF_USER:drop:4": OWN_ONLY,
    "pending.OF_USER:drop:5": OWN_ONLY,
}
