"""Paths of servers in a description that a gateway adds, and the service itself does not know."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from twiceshy.rehearsal.openapi import Description

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from twiceshy.rehearsal.openapi import Operation

_MOST_TRIED = 3
_NOT_FOUND = 404


def unserved(described: Description, status: Callable[[str], int | None]) -> frozenset[str]:
    """The prefixes with which nothing is found, and without which something is.

    `status` asks for a path and tells the status of the answer, None when there was none.
    """
    found = set()
    for prefix in {prefix_of(operation) for operation in described.operations} - {""}:
        probes = [
            operation
            for operation in described.operations
            if prefix_of(operation) == prefix
            and operation.template.method == "GET"
            and not operation.template.slots
        ][:_MOST_TRIED]
        missed = [probe for probe in probes if status(probe.template.path) == _NOT_FOUND]
        served = (status(probe.path) not in {None, _NOT_FOUND} for probe in missed)
        if len(missed) == len(probes) and any(served):
            found.add(prefix)
    return frozenset(found)


def without_prefixes(described: Description, prefixes: Collection[str]) -> Description:
    """The description as the service knows it, with a note on what was taken away."""
    if not prefixes:
        return described
    operations = tuple(
        replace(one, template=replace(one.template, path=one.path))
        if prefix_of(one) in prefixes
        else one
        for one in described.operations
    )
    notes = tuple(
        f"the description's server has the path {prefix}, which the service does not know: asked "
        "without it"
        for prefix in sorted(prefixes)
    )
    return Description(operations, (*described.notes, *notes))


def prefix_of(operation: Operation) -> str:
    """The path of the server that stands before an operation's own."""
    return operation.template.path.removesuffix(operation.path)
