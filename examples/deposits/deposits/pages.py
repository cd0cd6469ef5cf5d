"""The pages that people see, in Spanish."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, abort, current_app, redirect, render_template, request

from deposits import goals, ledger
from deposits.accounts import current_user

if TYPE_CHECKING:
    from decimal import Decimal

pages = Blueprint("pages", __name__)


def money(amount: Decimal, currency: str = "CLP") -> str:
    """1234567.5 → $ 1.234.567,50; whole amounts without decimals."""
    text = f"{amount:,.2f}".removesuffix(".00").translate(str.maketrans(",.", ".,"))
    return f"US$ {text}" if currency == "USD" else f"$ {text}"


@pages.get("/")
def overview():
    user = current_user()
    waiting = current_app.config["PENDING"].of_user(user)
    return render_template(
        "overview.html",
        goals=goals.of_user(user),
        pending=waiting,
        activity=ledger.activity(user),
    )


@pages.get("/goals/<int:goal_id>/page")
def goal_page(goal_id: int):
    goal = goals.one(current_user(), goal_id)
    if goal is None:
        abort(404, f"No tienes un objetivo {goal_id}.")
    return render_template(
        "goal.html",
        goal=goal,
        assignments=goals.assignments(goal_id),
        months=goals.months(goal_id),
    )


@pages.post("/deposits/<int:deposit_id>/invest")
def invest(deposit_id: int):
    """The button of the overview."""
    user = current_user()
    goal_id = request.form.get("goal_id", type=int)
    if goal_id is None or goals.one(user, goal_id) is None:
        abort(404, "No tienes ese objetivo.")
    try:
        ledger.assign(user, deposit_id, goal_id)
    except (ledger.NotYoursError, ledger.NothingLeftError):
        abort(404, f"No tienes un depósito {deposit_id} por invertir.")
    return redirect("/", 303)
