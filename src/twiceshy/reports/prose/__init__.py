"""Postmortems of any make, as their writers left them: what they say, and where."""
