"""Signing up, over the API and from the campaign's page."""

from __future__ import annotations

import re

from flask import Blueprint, abort, current_app, jsonify, redirect, render_template, request
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from werkzeug.security import generate_password_hash

from signup.database import session
from signup.documents import bare, is_personal_id
from signup.models import Campaign, GuestPurchase, User

TAKEN = "This personal id or address is registered already."

accounts = Blueprint("accounts", __name__)


@accounts.post("/registrations")
def register():
    sent = request.get_json()
    if not isinstance(sent, dict):
        abort(422, "Send a JSON object.")
    with session() as work:
        user, earlier = _sign_up(work, sent)
        answer = {
            "id": user.id,
            "email": user.email,
            "name": user.name,
            "campaign": sent.get("campaign"),
            "earlier_purchases": earlier,
        }
    return jsonify(answer), 201


@accounts.get("/campaigns/<slug>")
def campaign_page(slug: str):
    with session() as work:
        return render_template("campaign.html", campaign=_campaign(work, slug))


@accounts.post("/campaigns/<slug>/join")
def join(slug: str):
    """The form of the campaign's page."""
    with session() as work:
        _sign_up(work, {**request.form, "campaign": slug})
    return redirect("/welcome", 303)


@accounts.get("/welcome")
def welcome():
    return "<p>Welcome! You have an account now.</p>"


def _sign_up(work: Session, sent: dict[str, object]) -> tuple[User, int]:
    """A new account, and how many earlier purchases as a guest it was given."""
    user = _wanted(sent)
    slug = sent.get("campaign")
    user.campaign_id = _campaign(work, str(slug)).id if slug else None
    if current_app.config["KNOWN"].has_account(work, user.personal_id, user.email):
        abort(409, TAKEN)
    work.add(user)
    try:
        work.flush()
    except IntegrityError:
        # Somebody was quicker, by a moment.
        work.rollback()
        abort(409, TAKEN)
    theirs = GuestPurchase.buyer_document == user.personal_id
    mine = update(GuestPurchase).where(theirs).values(claimed_by=user.id)
    return user, work.execute(mine).rowcount


def _wanted(sent: dict[str, object]) -> User:
    email, name = _text(sent, "email").lower(), _text(sent, "name")
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", email):
        abort(422, "That is no address for e-mail.")
    personal_id = bare(_text(sent, "personal_id"))
    if not is_personal_id(personal_id):
        abort(422, "That is no personal id.")
    return User(
        email=email,
        name=name,
        personal_id=personal_id,
        phone=_text(sent, "phone"),
        password_hash=generate_password_hash(_text(sent, "password"), "pbkdf2:sha256:1000"),
    )


def _campaign(work: Session, slug: str) -> Campaign:
    found = work.scalar(select(Campaign).where(func.lower(Campaign.slug) == slug.lower()))
    if found is None:
        abort(404, "There is no such campaign.")
    return found


def _text(sent: dict[str, object], name: str) -> str:
    value = sent.get(name)
    if not isinstance(value, str) or not value.strip():
        abort(422, f"{name} is missing.")
    return value.strip()
