"""Changes to the fixed service of `examples/deposits`, by which the isolation guard is measured.

`named_leaks()` must each turn the verdict, `generated()` nearly all (those in `SILENT` cannot, each
with the reason; those in `SURVIVORS` could, and do not), `harmless()` must not. A mutation is
applied to a copy made by `copy_of_example`.
"""

from __future__ import annotations

from mutations.generator import generated
from mutations.harmless import harmless
from mutations.named import named_leaks
from mutations.patch import EXAMPLE, Mutation, Patch, copy_of_example
from mutations.silent import SILENT
from mutations.survivors import SURVIVORS

__all__ = [
    "EXAMPLE",
    "SILENT",
    "SURVIVORS",
    "Mutation",
    "Patch",
    "copy_of_example",
    "generated",
    "harmless",
    "named_leaks",
]
