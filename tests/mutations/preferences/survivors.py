"""Generated mutations that do not turn the verdict, each with the reason."""

from __future__ import annotations

SURVIVORS: dict[str, str] = {
    "budget.machines.counted": "one whole number takes the place of another",
}
