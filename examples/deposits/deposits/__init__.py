"""A small investment service: goals, deposits, and which deposit was invested in which goal."""
