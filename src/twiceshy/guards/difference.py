"""What differs between controls and perturbed runs, once noise is taken away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from twiceshy.guards.body import leaves, tree
from twiceshy.model.history import NoReply, Reply

if TYPE_CHECKING:
    from collections.abc import Sequence

# Hop by hop, or derived from what is compared anyway.
_NOT_COMPARED = frozenset(
    ["date", "server", "connection", "keep-alive", "transfer-encoding", "content-length", "via"]
)
ABSENT = "(not there)"


@dataclass(frozen=True, slots=True)
class Difference:
    """At `path`, every control said `control` and every perturbed run something else."""

    path: str
    control: str
    perturbed: str


def anatomy(answer: Reply | NoReply) -> dict[str, str]:
    """An answer as path → value: status, headers, and every leaf of the body."""
    if isinstance(answer, NoReply):
        return {"status": f"no answer ({answer.kind})"}
    parts = {"status": str(answer.status)}
    for name, value in answer.headers:
        key = name.lower()
        if key not in _NOT_COMPARED:
            parts[f"header {key}"] = value
    parts.update(leaves(tree(answer)))
    return parts


def differences(
    controls: Sequence[Reply | NoReply], perturbed: Sequence[Reply | NoReply]
) -> tuple[Difference, ...]:
    """Where all controls agree and no perturbed run does.

    What already differs among the controls is noise and accuses nobody. At least two controls are
    needed to know what is noise; with fewer, nothing is returned.
    """
    if len(controls) < 2 or not perturbed:
        return ()
    before = [anatomy(answer) for answer in controls]
    after = [anatomy(answer) for answer in perturbed]
    paths = dict.fromkeys(path for parts in (*before, *after) for path in parts)
    found = []
    for path in paths:
        values = {parts.get(path, ABSENT) for parts in before}
        others = [parts.get(path, ABSENT) for parts in after]
        if len(values) == 1 and values.isdisjoint(others):
            found.append(Difference(path, values.pop(), others[0]))
    return tuple(found)
