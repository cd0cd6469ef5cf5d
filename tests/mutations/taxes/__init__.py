"""Changes to both fixed services of `examples/taxes`, for measuring the guard `conservation`.

`named()` must each turn the verdict, `harmless()` must not. Each concerns one of the two designs,
`broker` or `queued`, and tells the fault under which it shows.
"""

from __future__ import annotations

from mutations.patch import EXAMPLE as DEPOSITS
from mutations.taxes.change import Change
from mutations.taxes.harmless import harmless
from mutations.taxes.named import named

EXAMPLE = DEPOSITS.with_name("taxes")
CONFIGURATIONS = {"broker": "twiceshy.toml", "queued": "queue.toml"}

__all__ = ["CONFIGURATIONS", "EXAMPLE", "Change", "harmless", "named"]
