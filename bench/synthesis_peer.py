"""Fill a database with a generator from PyPI; runs in the environment of bench/synthesis.py.

synthesis_peer.py PEER URL ROWS prints the seconds that it took, as JSON.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
import time
import warnings

from sqlalchemy import MetaData, create_engine
from sqlalchemy.ext.automap import automap_base
from sqlalchemy.orm import Session

warnings.filterwarnings("ignore")


def _fake_model(model, session) -> None:
    from sqlalchemy_fake_model import ModelFaker

    ModelFaker(model, session).create(1)


def _model_faker(model, session) -> None:
    from sqlalchemy_model_faker import factory

    # It leaves foreign keys to its caller: those get the first row of the table they point at.
    values = {}
    for column in model.__table__.columns:
        for key in column.foreign_keys:
            values[column.key] = session.query(key.column).limit(1).scalar()
    session.add(factory(model).make(values))
    session.commit()


_FILL = {"sqlalchemy-fake-model": _fake_model, "sqlalchemy_model_faker": _model_faker}


def main() -> None:
    """Ask for each row by itself; what the generator cannot do is left out."""
    peer, url, rows = sys.argv[1:]
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1))
    started = time.perf_counter()
    metadata = MetaData()
    metadata.reflect(engine)
    base = automap_base(metadata=metadata)
    base.prepare()
    models = {model.__table__.name: model for model in base.classes}
    silent = io.StringIO()
    with Session(engine) as session, contextlib.redirect_stdout(silent):
        for table in metadata.sorted_tables:
            for _ in range(int(rows)):
                try:
                    _FILL[peer](models[table.name], session)
                except Exception:  # noqa: BLE001 - whatever a peer raises, the row is not there
                    session.rollback()
    sys.stdout.write(json.dumps({"seconds": time.perf_counter() - started}))


if __name__ == "__main__":
    main()
