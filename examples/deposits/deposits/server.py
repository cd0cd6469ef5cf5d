"""The application and its server."""

from __future__ import annotations

import argparse
from typing import Any, Protocol

import psycopg
import waitress
from flask import Flask, request
from flask.json.provider import DefaultJSONProvider
from werkzeug.exceptions import HTTPException

from deposits import database
from deposits.accounts import accounts
from deposits.api import api
from deposits.pages import money, pages


class Pending(Protocol):
    """Where the list of deposits that wait to be invested comes from."""

    def of_user(self, user_id: int) -> list[database.Row]: ...


class Answers(DefaultJSONProvider):
    default = staticmethod(database.as_json)
    sort_keys = False
    ensure_ascii = False


def create_app(pending: Pending) -> Flask:
    app = Flask(__name__)
    app.json = Answers(app)
    app.config["PENDING"] = pending
    app.add_template_filter(money)
    for part in (accounts, api, pages):
        app.register_blueprint(part)

    @app.get("/health")
    def health():
        database.row("SELECT 1 AS one")
        return {"status": "ok"}

    @app.errorhandler(HTTPException)
    def refused(error: HTTPException) -> tuple[dict[str, Any], int]:
        return {"error": error.description}, error.code or 500

    @app.errorhandler(psycopg.OperationalError)
    def database_away(_: psycopg.OperationalError) -> tuple[dict[str, Any], int]:
        return {"error": "The database does not answer. Try again in a moment."}, 503

    @app.after_request
    def keep_private(answer):
        if request.endpoint != "health":
            answer.headers["Cache-Control"] = "no-store"
        return answer

    return app


def serve(pending: Pending) -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--port", type=int, default=8000)
    port = options.parse_args().port
    waitress.serve(create_app(pending), host="127.0.0.1", port=port, threads=4)
