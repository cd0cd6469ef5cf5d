"""A MariaDB of one's own: `python -m preferences.mariadb --port 3306 --data FOLDER`.

It listens on loopback and lets everybody there do everything.
"""

from __future__ import annotations

import argparse
import os
import shutil
from pathlib import Path


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--port", type=int, required=True)
    options.add_argument("--data", type=Path, required=True)
    given = options.parse_args()
    data = given.data.absolute()
    (data / "preferences").mkdir(parents=True, exist_ok=True)
    # Debian keeps it where the PATH of many users does not lead.
    server = shutil.which("mariadbd") or "/usr/sbin/mariadbd"
    where = [f"--datadir={data}", f"--port={given.port}", "--bind-address=127.0.0.1"]
    # Within the folder of the data; a whole path may be longer than a socket may have.
    files = ["--socket=socket", "--pid-file=pid"]
    # As root it runs only when it is told so; anybody else may not say who it is to run as.
    root = ["--user=root"] if os.getuid() == 0 else []
    os.execv(server, [server, "--no-defaults", "--skip-grant-tables", *where, *files, *root])


if __name__ == "__main__":
    main()
