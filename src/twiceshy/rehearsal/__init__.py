"""Rehearsing guards. `conduct` is the front door."""
