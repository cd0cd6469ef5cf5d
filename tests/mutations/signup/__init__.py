"""Changes to the fixed service of `examples/signup`, by which the guard `preexisting` is measured.

`named()` and `generated()` must each turn the verdict, except `SURVIVORS`, each with its reason;
`harmless()` must not.
"""

from __future__ import annotations

from mutations.patch import EXAMPLE as DEPOSITS
from mutations.signup.generator import generated
from mutations.signup.harmless import harmless
from mutations.signup.named import named
from mutations.signup.survivors import SURVIVORS

EXAMPLE = DEPOSITS.with_name("signup")

__all__ = ["EXAMPLE", "SURVIVORS", "generated", "harmless", "named"]
