"""The connection pool, and one transaction for each request."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session


@cache
def engine() -> Engine:
    url = os.environ["DATABASE_URL"].replace("postgresql://", "postgresql+psycopg://", 1)
    return create_engine(url, pool_pre_ping=True)


@contextmanager
def session() -> Iterator[Session]:
    """A transaction that is committed at the end, unless something was raised."""
    with Session(engine(), expire_on_commit=False) as work, work.begin():
        yield work
