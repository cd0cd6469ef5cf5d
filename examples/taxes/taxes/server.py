"""The interface that collection points use, the same for every way of taking payments in."""

from __future__ import annotations

import argparse
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any, Protocol

import psycopg
import psycopg_pool
import uvicorn
from fastapi import FastAPI, Header, HTTPException, Request
from fastapi.responses import JSONResponse

from taxes.payments import Key, KeyUsedError, Name, Payment, Receipt, Sent, UnavailableError


class Intake(Protocol):
    """Where payments go."""

    async def open(self) -> None: ...
    async def close(self) -> None: ...
    async def collect(self, payment: Payment) -> Receipt: ...
    async def receipt(self, key: str) -> Receipt | None: ...
    async def notices(self, point: str, after: int) -> list[dict[str, Any]]: ...


def create_app(intake: Intake) -> FastAPI:
    @asynccontextmanager
    async def opened(_: FastAPI) -> AsyncIterator[None]:
        await intake.open()
        yield
        await intake.close()

    app = FastAPI(title="Property tax", lifespan=opened)

    @app.post("/payments")
    async def pay(sent: Sent, idempotency_key: Annotated[Key, Header()]) -> JSONResponse:
        receipt = await intake.collect(Payment(key=idempotency_key, **sent.model_dump()))
        return JSONResponse(receipt.model_dump(), 201 if receipt.number else 202)

    @app.get("/receipts/{key}")
    async def receipt(key: Key) -> Receipt:
        found = await intake.receipt(key)
        if found is None:
            raise HTTPException(404, "Nobody has paid with this key.")
        return found

    @app.get("/notices/{point}")
    async def notices(point: Name, after: int = 0) -> list[dict[str, Any]]:
        return await intake.notices(point, after)

    @app.get("/health")
    async def health() -> dict[str, str]:
        return {"status": "ok"}

    app.add_exception_handler(KeyUsedError, _used)
    for away in (UnavailableError, psycopg.Error, psycopg_pool.PoolTimeout):
        app.add_exception_handler(away, _away)
    return app


async def _used(_: Request, __: Exception) -> JSONResponse:
    return JSONResponse({"error": "This key belongs to another payment."}, 409)


async def _away(_: Request, __: Exception) -> JSONResponse:
    return JSONResponse({"error": "Not now. Try again with the same key."}, 503)


def serve(intake: Intake) -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--port", type=int, default=8000)
    port = options.parse_args().port
    uvicorn.run(create_app(intake), host="127.0.0.1", port=port, log_level="warning")
