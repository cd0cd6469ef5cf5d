"""Who sends a request: log in with a password, then a bearer token (API) or a cookie (pages)."""

from __future__ import annotations

import hashlib
import secrets

from flask import Blueprint, abort, redirect, render_template, request
from werkzeug.security import check_password_hash

from deposits import database

COOKIE = "session"

USER_OF_EMAIL = "SELECT u.id, u.password_hash FROM users u WHERE u.email = lower(%(email)s)"

USER_OF_TOKEN = """
    SELECT s.user_id
    FROM sessions s
    WHERE s.token_hash = %(token_hash)s
      AND s.expires_at > now()
"""

NEW_SESSION = """
    INSERT INTO sessions (token_hash, user_id, expires_at)
    VALUES (%(token_hash)s, %(user_id)s, now() + interval '12 hours')
"""

accounts = Blueprint("accounts", __name__)


def current_user() -> int:
    """The id of whoever sent this request; 401 when nobody is logged in."""
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    token = token or request.cookies.get(COOKIE, "")
    found = database.row(USER_OF_TOKEN, token_hash=_hash(token)) if token else None
    if found is None:
        abort(401, "Log in first.")
    return found["user_id"]


@accounts.post("/login")
def login():
    """JSON gets a token, a form gets a cookie and the overview."""
    sent = request.get_json() if request.is_json else request.form
    if not isinstance(sent.get("email"), str) or not isinstance(sent.get("password"), str):
        abort(422, "Send an email and a password.")
    user = database.row(USER_OF_EMAIL, email=sent["email"])
    if user is None or not check_password_hash(user["password_hash"], sent["password"]):
        abort(401, "Email or password is wrong.")
    token = secrets.token_urlsafe(32)
    database.change(NEW_SESSION, token_hash=_hash(token), user_id=user["id"])
    if request.is_json:
        return {"token": token}
    answer = redirect("/")
    answer.set_cookie(COOKIE, token, httponly=True, samesite="Strict")
    return answer


@accounts.get("/login")
def login_page():
    return render_template("login.html")


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
