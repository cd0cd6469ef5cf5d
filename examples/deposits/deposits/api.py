"""The JSON API."""

from __future__ import annotations

import csv
import io
from decimal import Decimal, InvalidOperation

from flask import Blueprint, abort, current_app, jsonify, request
from werkzeug.exceptions import NotFound

from deposits import database, goals, ledger
from deposits.accounts import current_user

RISKS = ("conservative", "moderate", "aggressive")

api = Blueprint("api", __name__)


@api.get("/goals")
def goals_overview():
    """The user's goals, and the deposits that wait to be invested in them."""
    user = current_user()
    waiting = current_app.config["PENDING"].of_user(user)
    return {
        "goals": goals.of_user(user),
        "pending": waiting,
        "oldest_pending": waiting[0]["received_at"] if waiting else None,
    }


@api.post("/goals")
def create_goal():
    user = current_user()
    sent = _sent_object()
    name, risk = _name(sent), sent.get("risk", "moderate")
    if risk not in RISKS:
        abort(422, f"Risk is one of {', '.join(RISKS)}.")
    if goals.taken(user, name):
        abort(409, "You already have a goal of that name.")
    goal_id = goals.create(user, name, risk, _amount(sent.get("target")))
    return jsonify(goals.one(user, goal_id)), 201


@api.get("/goals/<int:goal_id>")
def show_goal(goal_id: int):
    goal = goals.one(current_user(), goal_id) or _no_goal(goal_id)
    return {
        **goal,
        "assignments": goals.assignments(goal_id),
        "months": goals.months(goal_id),
    }


@api.patch("/goals/<int:goal_id>")
def rename_goal(goal_id: int):
    user = current_user()
    name = _name(_sent_object())
    if goals.taken(user, name):
        abort(409, "You already have a goal of that name.")
    goals.rename(user, goal_id, name)
    return goals.one(user, goal_id) or _no_goal(goal_id)


@api.get("/goals/<int:goal_id>/deposits/<int:deposit_id>")
def show_deposit_in_goal(goal_id: int, deposit_id: int):
    """How much of one deposit is in one goal."""
    return ledger.in_goal(current_user(), goal_id, deposit_id) or _no_deposit(deposit_id)


@api.get("/deposits")
def list_deposits():
    user = current_user()
    answer = jsonify({"deposits": ledger.of_user(user), "totals": ledger.totals(user)})
    answer.headers["X-Total-Count"] = str(ledger.count(user))
    return answer


@api.get("/deposits/search")
def search_deposits():
    """Deposits with `text` in their reference or in the name of their goal."""
    return {"deposits": ledger.search(current_user(), request.args.get("text", ""))}


@api.get("/deposits.csv")
def export_deposits():
    sheet = io.StringIO()
    rows = csv.writer(sheet, lineterminator="\n")
    rows.writerow(["received", "reference", "amount", "currency", "goal"])
    for line in ledger.export(current_user()):
        received = database.as_json(line["received_at"])
        rows.writerow([received, line["reference"], line["amount"], line["currency"], line["goal"]])
    return sheet.getvalue(), {"Content-Type": "text/csv; charset=utf-8"}


@api.get("/deposits/<int:deposit_id>")
def show_deposit(deposit_id: int):
    deposit = ledger.one(current_user(), deposit_id) or _no_deposit(deposit_id)
    return {**deposit, "assignments": ledger.assignments(deposit_id)}


@api.post("/deposits/<int:deposit_id>/assign")
def assign_deposit(deposit_id: int):
    """Invest what is left of a deposit in a goal; both must be the user's."""
    user = current_user()
    goal_id = _sent_object().get("goal_id")
    if type(goal_id) is not int:
        abort(422, "goal_id is the number of one of your goals.")
    if goals.one(user, goal_id) is None:
        _no_goal(goal_id)
    try:
        return jsonify(ledger.assign(user, deposit_id, goal_id)), 201
    except ledger.NotYoursError:
        _no_deposit(deposit_id)
    except ledger.NothingLeftError:
        abort(409, f"Deposit {deposit_id} is fully invested.")


@api.get("/summary")
def show_summary():
    return ledger.summary(current_user())


def _no_goal(goal_id: int):
    raise NotFound(f"You have no goal {goal_id}.")


def _no_deposit(deposit_id: int):
    raise NotFound(f"You have no deposit {deposit_id}.")


def _sent_object() -> dict[str, object]:
    sent = request.get_json()
    if not isinstance(sent, dict):
        abort(422, "Send a JSON object.")
    return sent


def _name(sent: dict[str, object]) -> str:
    name = sent.get("name")
    if not isinstance(name, str) or not name.strip():
        abort(422, "A goal needs a name.")
    return name.strip()


def _amount(sent: object) -> str:
    try:
        amount = Decimal(str(sent)).quantize(Decimal("0.01"))
    except InvalidOperation:
        abort(422, "An amount is a number such as 150000 or 99.50.")
    if not 0 < amount < 10**12:
        abort(422, "An amount is positive and below a billion thousands.")
    return str(amount)
