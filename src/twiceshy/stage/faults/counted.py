"""Counts in what is told of a fault, and words that agree with them."""

from __future__ import annotations


def counted(count: int, one: str, several: str) -> str:
    """`1 session was`, `3 sessions were`."""
    return f"{count} {one if count == 1 else several}"
