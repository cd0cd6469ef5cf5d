"""The application and its server."""

from __future__ import annotations

import argparse
from typing import Protocol

import waitress
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException

from signup.accounts import accounts
from signup.checkout import checkout
from signup.database import session


class Known(Protocol):
    """Who says whether somebody is registered already."""

    def has_account(self, session: Session, personal_id: str, email: str) -> bool: ...


def create_app(known: Known) -> Flask:
    app = Flask(__name__)
    app.config["KNOWN"] = known
    app.register_blueprint(accounts)
    app.register_blueprint(checkout)

    @app.get("/health")
    def health():
        with session() as work:
            work.execute(text("SELECT 1"))
        return {"status": "ok"}

    @app.errorhandler(HTTPException)
    def refused(error: HTTPException) -> tuple[dict[str, str | None], int]:
        return {"error": error.description}, error.code or 500

    return app


def serve(known: Known) -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--port", type=int, default=8000)
    port = options.parse_args().port
    waitress.serve(create_app(known), host="127.0.0.1", port=port, threads=4)
