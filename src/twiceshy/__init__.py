"""Postmortems that run: every incident report carries a guard that rehearses its failure."""

__version__ = "0.1.0"
