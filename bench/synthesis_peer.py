"""Fill a database with a generator from PyPI; runs in the environment of bench/synthesis.py.

synthesis_peer.py PEER URL ROWS prints the seconds that it took, and why tables stayed short, as
JSON.
"""

from __future__ import annotations

import contextlib
import enum
import io
import json
import sys
import time
import warnings
from importlib import import_module
from typing import TYPE_CHECKING, Any

from sqlalchemy import Enum, MetaData, create_engine, event, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.automap import automap_base
from sqlalchemy.orm import Session

if TYPE_CHECKING:
    from collections.abc import Callable

    Fill = Callable[[int], object]

warnings.filterwarnings("ignore")


def _fake_model(model, session) -> Fill:
    """It makes the rows that foreign keys ask for itself, and leaves out what may be NULL.

    Without its guesses by name: a `state` would be one of America, not one of the enum.
    """
    from sqlalchemy_fake_model import ModelFaker
    from sqlalchemy_fake_model.Model import ModelFakerConfig

    return ModelFaker(model, session, config=ModelFakerConfig(smart_detection=False)).create


def _polyfactory(model, session) -> Fill:
    """With what its documentation offers: keys that the database hands out are left to it.

    Foreign keys are given the first row of the table that they point at, as its relationships would
    make a whole tree of new rows for each one.
    """
    from polyfactory.factories.sqlalchemy_factory import SQLAlchemyFactory

    columns = model.__table__.columns
    handed_out = any(column.server_default or column.identity for column in columns)
    settings = {
        "__session__": session,
        "__set_relationships__": False,
        "__set_foreign_keys__": False,
        "__set_primary_key__": not handed_out,
    }
    factory = SQLAlchemyFactory.create_factory(model, **settings)

    def fill(rows: int) -> object:
        return factory.create_batch_sync(rows, **_first_parents(model, session))

    return fill


def _first_parents(model, session) -> dict[str, Any]:
    return {
        column.key: session.scalar(select(key.column).limit(1))
        for column in model.__table__.columns
        for key in column.foreign_keys
    }


# A row that was refused may be taken with other values.
_TRIES = 3
_MODULES = {
    "sqlalchemy-fake-model": "sqlalchemy_fake_model",
    "polyfactory": "polyfactory.factories.sqlalchemy_factory",
}
_PEERS = {"sqlalchemy-fake-model": _fake_model, "polyfactory": _polyfactory}


def _filled(fill: Fill, rows: int, session) -> str:
    """All rows in one go, else a row at a time; why some are missing."""
    said = ""
    there = 0
    for size in (rows, *[1] * rows * _TRIES):
        try:
            fill(size)
        except Exception as error:  # noqa: BLE001 - whatever a peer raises, the row is not there
            session.rollback()
            said = f"{type(error).__name__}: {error}".partition("\n")[0]
        else:
            there += size
        if there >= rows:
            return ""
    return f"{there} rows; {said}"


def _with_python_enum(_inspector, _table, column) -> None:
    """Enums as people write them in their models."""
    kind = column["type"]
    if isinstance(kind, postgresql.ENUM):
        labels = enum.Enum(kind.name.title(), {label: label for label in kind.enums})
        column["type"] = Enum(labels, name=kind.name, create_type=False)


def main() -> None:
    """Table after table in the order of their foreign keys."""
    peer, url, rows = sys.argv[1:]
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1))
    # Ours is imported by then as well.
    import_module(_MODULES[peer])
    started = time.perf_counter()
    metadata = MetaData()
    event.listen(metadata, "column_reflect", _with_python_enum)
    metadata.reflect(engine)
    base = automap_base(metadata=metadata)
    base.prepare()
    models = {model.__table__.name: model for model in base.classes}
    said: dict[str, str] = {}
    silent = io.StringIO()
    with Session(engine) as session, contextlib.redirect_stdout(silent):
        for table in metadata.sorted_tables:
            try:
                fill = _PEERS[peer](models[table.name], session)
            except Exception as error:  # noqa: BLE001 - as above
                said[table.name] = f"{type(error).__name__}: {error}".partition("\n")[0]
            else:
                said[table.name] = _filled(fill, int(rows), session)
    said = {name: text for name, text in said.items() if text}
    sys.stdout.write(json.dumps({"seconds": time.perf_counter() - started, "said": said}))


if __name__ == "__main__":
    main()
