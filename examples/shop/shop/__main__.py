"""The shop's server: `python -m shop --port 8000`."""

from __future__ import annotations

import argparse

import uvicorn

from shop.app import app


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m shop")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    options = parser.parse_args()
    uvicorn.run(app, host=options.host, port=options.port, log_level="warning", access_log=False)


main()
