"""The application and its server."""

from __future__ import annotations

import argparse
import os

import uvicorn
from fastapi import FastAPI

from preferences.api import Documents, preferences, tweaks
from preferences.storage import Storage, storage_at


def create_app(documents: Documents, storage: Storage, *, tweakable: bool = True) -> FastAPI:
    app = FastAPI(title="Preferences")
    app.state.documents = documents
    app.state.storage = storage
    app.include_router(preferences)
    if tweakable:
        app.include_router(tweaks)

    @app.get("/health")
    def health() -> dict[str, str]:
        storage.providers()
        return {"status": "ok"}

    return app


def serve(documents: Documents, *, tweakable: bool = True) -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--port", type=int, default=8000)
    port = options.parse_args().port
    app = create_app(documents, storage_at(os.environ["STORAGE_URL"]), tweakable=tweakable)
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning", access_log=False)
