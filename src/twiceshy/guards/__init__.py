"""Kinds of guards: each says what to perturb next and judges what was observed."""

from __future__ import annotations
