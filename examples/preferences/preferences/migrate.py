"""Makes the storage at STORAGE_URL ready: `python -m preferences.migrate --with db/first.json`."""

from __future__ import annotations

import argparse
import json
import os
from datetime import datetime
from pathlib import Path

from preferences.storage import Preference, Provider, storage_at


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--with", type=Path, dest="first", help="keep what this file has, too")
    first = options.parse_args().first
    storage = storage_at(os.environ["STORAGE_URL"])
    storage.migrate()
    if first is None or storage.providers():
        return
    kept = json.loads(first.read_text(encoding="utf-8"))
    for provider in kept["providers"]:
        storage.add(Provider(**provider))
    for one in kept["preferences"]:
        moment = datetime.fromisoformat(one["changed_at"])
        storage.put(Preference(**{**one, "changed_at": moment}))


if __name__ == "__main__":
    main()
