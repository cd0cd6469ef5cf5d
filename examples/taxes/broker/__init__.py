"""Publish and subscribe: payments go to a broker at once, and into the register from there."""
