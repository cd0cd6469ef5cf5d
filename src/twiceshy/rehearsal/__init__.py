"""Rehearses guards: what they need is learned, played, recorded and judged."""
