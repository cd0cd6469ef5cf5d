"""Which answers of success are meant: services also tell errors in the body of a 200."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from twiceshy.traffic.json_path import value_at

if TYPE_CHECKING:
    from twiceshy.model.scenario import JsonValue


@dataclass(frozen=True, slots=True)
class BodySays:
    """Whether a body has, at each of these paths, that value; for `LoadPlan.accepted`.

    An instance can be sent to other processes. ValueError for a body that is no JSON: what it says
    of the transaction cannot be told.
    """

    pairs: tuple[tuple[str, JsonValue], ...]

    def __call__(self, status: int, body: bytes) -> bool:  # noqa: ARG002 - as LoadPlan calls it
        """Whether the body of this answer says that the transaction was applied."""
        json.loads(body)
        return all(_same(value_at(body, path), value) for path, value in self.pairs)


def _same(found: object, wanted: object) -> bool:
    """Equal as JSON has it: there, `true` is no number."""
    return found == wanted and isinstance(found, bool) == isinstance(wanted, bool)
