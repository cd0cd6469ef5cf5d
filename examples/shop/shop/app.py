"""The shop's pages as an API."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Annotated, Any

import psycopg
from fastapi import Depends, FastAPI, HTTPException, Query
from fastapi.responses import JSONResponse
from psycopg_pool import PoolTimeout
from pydantic import BaseModel, Field

from shop import database

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request

PAGE = 20


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    database.open_pool()
    yield
    database.close_pool()


app = FastAPI(title="Shop", lifespan=lifespan)


class Line(BaseModel):
    product_id: int
    quantity: int = Field(ge=1, le=99)


class Order(BaseModel):
    customer_id: int
    lines: list[Line] = Field(min_length=1, max_length=50)


@app.exception_handler(PoolTimeout)
@app.exception_handler(psycopg.OperationalError)
def out_of_order(_: Request, __: Exception) -> JSONResponse:
    return JSONResponse({"error": "Something went wrong on our side."}, status_code=500)


@app.get("/health")
def health() -> dict[str, str]:
    database.row("SELECT 1 AS one")
    return {"status": "ok"}


@app.get("/products")
def products(after: Annotated[int, Query(ge=0)] = 0) -> list[dict[str, Any]]:
    return database.rows(
        "SELECT id, name, price_cents, stock FROM products WHERE id > %(after)s"
        " ORDER BY id LIMIT %(page)s",
        after=after,
        page=PAGE,
    )


@app.get("/products/{product_id}")
def product(product_id: int) -> dict[str, Any]:
    found = database.row(
        "SELECT id, name, description, price_cents, stock FROM products WHERE id = %(id)s",
        id=product_id,
    )
    return _or_404(found)


@app.get("/customers/{customer_id}/orders")
def orders_of(customer_id: int) -> list[dict[str, Any]]:
    return database.rows(
        "SELECT id, placed_at, status, total_cents FROM orders WHERE customer_id = %(id)s"
        " ORDER BY placed_at DESC, id DESC LIMIT %(page)s",
        id=customer_id,
        page=PAGE,
    )


@app.get("/orders/{order_id}")
def order(order_id: int) -> dict[str, Any]:
    found = database.row(
        "SELECT id, customer_id, placed_at, status, total_cents FROM orders WHERE id = %(id)s",
        id=order_id,
    )
    lines = database.rows(
        "SELECT product_id, quantity, price_cents FROM order_lines WHERE order_id = %(id)s"
        " ORDER BY id",
        id=order_id,
    )
    return {**_or_404(found), "lines": lines}


@app.post("/orders", status_code=201)
def place(
    wanted: Order, conn: Annotated[psycopg.Connection, Depends(database.in_transaction)]
) -> dict[str, Any]:
    placed = conn.execute(
        "INSERT INTO orders (customer_id, status, total_cents) VALUES (%s, 'new', 0) RETURNING id",
        [wanted.customer_id],
    ).fetchone()
    total = 0
    for line in wanted.lines:
        sold = conn.execute(
            "UPDATE products SET stock = stock - %s WHERE id = %s AND stock >= %s"
            " RETURNING price_cents",
            [line.quantity, line.product_id, line.quantity],
        ).fetchone()
        if sold is None:
            raise HTTPException(409, f"Product {line.product_id} is sold out.")
        total += sold["price_cents"] * line.quantity
        conn.execute(
            "INSERT INTO order_lines (order_id, product_id, quantity, price_cents)"
            " VALUES (%s, %s, %s, %s)",
            [placed["id"], line.product_id, line.quantity, sold["price_cents"]],
        )
    conn.execute("UPDATE orders SET total_cents = %s WHERE id = %s", [total, placed["id"]])
    return {"id": placed["id"], "total_cents": total}


def _or_404(found: dict[str, Any] | None) -> dict[str, Any]:
    if found is None:
        raise HTTPException(404, "There is no such thing.")
    return found
