"""Faults under load, each with evidence that it took place, and each taken back."""

from __future__ import annotations

from twiceshy.stage.faults.rig import FaultRig

__all__ = ["FaultRig"]
