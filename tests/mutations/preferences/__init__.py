"""Changes to the fixed service of `examples/preferences`: how the guard `contract` is measured.

`named()` and `generated()` must each turn the verdict, except `SURVIVORS`, each with its reason;
`harmless()` must not.
"""

from __future__ import annotations

from mutations.patch import EXAMPLE as DEPOSITS
from mutations.preferences.generator import generated
from mutations.preferences.harmless import harmless
from mutations.preferences.named import named
from mutations.preferences.survivors import SURVIVORS

EXAMPLE = DEPOSITS.with_name("preferences")

__all__ = ["EXAMPLE", "SURVIVORS", "generated", "harmless", "named"]
