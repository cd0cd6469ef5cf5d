"""What waits to be invested, for those who call customers: `python -m deposits.backoffice`."""

from __future__ import annotations

import sys

from deposits import pending

for waiting in pending.of_everybody():
    goal = waiting["goal"] or "-"
    sys.stdout.write(
        f"{waiting['id']:>6}  {waiting['to_invest']:>14} {waiting['currency']}  {goal}\n"
    )
